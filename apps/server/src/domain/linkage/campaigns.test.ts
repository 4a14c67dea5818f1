import { hash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createCampaignLinker, type LinkedIdentity } from './linker.ts'
import { addressOf, observed, times } from './observed.fixture.ts'

const HOUR = 3_600_000
const START = Date.UTC(2026, 0, 1)

const strangers = times(40, (n) => ({
  id: `stranger-${n}`,
  observations: [
    observed(`s-${n}`, {
      ip: addressOf(n),
      hassh: ['popular'],
      c2: [`own-${n}.example`],
      payloads: [`file-${n}`],
      firstSeen: START,
      lastSeen: START,
    }),
  ],
}))
const campaignsOf = (identities: readonly LinkedIdentity[], keystrokes?: (a: string, b: string) => number | undefined) => {
  const linker = createCampaignLinker(keystrokes)
  linker.load(identities)
  linker.settle()
  return linker.groups().flatMap(({ members }) => (members.length > 1 ? [members] : []))
}
const one = (id: string, given: Parameters<typeof observed>[1], at = START): LinkedIdentity => ({
  id,
  observations: [observed(`o-${id}`, { ip: addressOf(id.length * 97 + id.charCodeAt(0)), firstSeen: at, lastSeen: at + HOUR, ...given })],
})
const typed = (text: string, at: number, decky = 'web-01') => ({ ts: at, decky, text })

describe('campaigns', () => {
  test('two operators who share rare hosts and files are one campaign, with an extra host each', () => {
    const shared = (extra: string) => ({ c2: ['cc.example:443', extra], payloads: ['implant'] })
    expect(
      campaignsOf([...strangers, one('a', { ...shared('x.example'), hassh: ['a'] }), one('b', { ...shared('y.example'), hassh: ['b'] })]),
    ).toEqual([['a', 'b']])
  })
  test('an account made by one and used by the other with its password is a hand-over, at any time of the calendar', () => {
    for (const shift of [0, 400 * 24 * HOUR]) {
      const first = one(
        'a',
        { commands: [typed('useradd -m zoran', START + shift), typed("echo 'zoran:Kx91!-vahovi-47' | chpasswd", START + shift)] },
        START + shift,
      )
      const later = one('b', { credentials: [['zoran', 'Kx91!-vahovi-47']], deckies: ['web-01'] }, START + shift + 6 * HOUR)
      expect(campaignsOf([...strangers, first, later])).toEqual([['a', 'b']])
      // As the log keeps it.
      const kept = one('b', { credentials: [['zoran', hash('sha256', 'Kx91!-vahovi-47')]], deckies: ['web-01'] }, START + shift + 6 * HOUR)
      expect(campaignsOf([...strangers, first, kept])).toEqual([['a', 'b']])
      const elsewhere = one('b', { credentials: [['zoran', 'Kx91!-vahovi-47']], deckies: ['db-02'] }, START + shift + 6 * HOUR)
      const before = one('b', { credentials: [['zoran', 'Kx91!-vahovi-47']], deckies: ['web-01'] }, START + shift - 6 * HOUR)
      expect(campaignsOf([...strangers, first, elsewhere])).toEqual([])
      expect(campaignsOf([...strangers, first, before])).toEqual([])
    }
  })
  test('a hundred bots with the same files, list and script on one decky in one day, each with a host of its own, are no campaign', () => {
    const list = times(20, (n) => ['root', `list-${n}`] as const)
    const bots = times(100, (n) =>
      one(`bot-${n}`, {
        hassh: ['bot'],
        payloads: ['bot-file'],
        c2: [`${n}.bot.example`],
        credentials: list,
        deckies: ['web-01'],
        commands: ['cd /tmp', './x', 'uname -a'].map((text) => typed(text, START)),
      }),
    )
    expect(campaignsOf([...strangers, ...bots])).toEqual([])
    expect(campaignsOf(bots)).toEqual([])
  })
  test('bots equal in all but address and minute are one campaign or none, and not paired with their neighbours in time', () => {
    for (const others of [[], strangers])
      for (const many of [14, 16, 18, 20, 22, 24]) {
        const bots = times(many, (n) =>
          one(
            `bot-${n}`,
            {
              ip: addressOf(300 + n),
              hassh: ['bot'],
              payloads: ['bot-file'],
              c2: ['drop.example'],
              credentials: [['root', 'bot-only-7']],
              commands: ['cd /tmp; ./botx', './botx --go'].map((text) => typed(text, START + n * 60_000)),
            },
            START + n * 60_000,
          ),
        )
        for (const members of campaignsOf([...others, ...bots])) expect(members).toHaveLength(many)
      }
  })
  test("a public file host is nobody's infrastructure, and a shared program alone is no campaign", () => {
    const file = { c2: ['raw.githubusercontent.com'], payloads: ['implant'], credentials: [['a', 'b'] as const] }
    expect(campaignsOf([...strangers, one('a', file), one('b', file)])).toEqual([])
  })
  test('typing alike alone makes no campaign, with a shared host it does; another hand is no objection', () => {
    const host = { c2: ['cc.example'] }
    expect(campaignsOf([...strangers, one('a', {}), one('b', {})], () => 9)).toEqual([])
    expect(campaignsOf([...strangers, one('a', host), one('b', host)])).toEqual([])
    expect(campaignsOf([...strangers, one('a', host), one('b', host)], (a) => (a === 'a' ? 9 : undefined))).toEqual([['a', 'b']])
    const shared = { ...host, payloads: ['implant'] }
    expect(campaignsOf([...strangers, one('a', shared), one('b', shared)], () => -9)).toEqual([['a', 'b']])
  })
  test('one copycat of two strangers makes no campaign of them, whatever is copied and whatever everybody has', () => {
    const common = ['uname -a', 'id', 'ls -la', 'cat /proc/cpuinfo']
    const habits = (name: string, file: boolean) => ({
      ...{
        c2: [`${name}.cc.example`],
        payloads: [`${name}-file`],
        hassh: [`${name}-hassh`],
        credentials: [[name, `${name}-word`] as const],
      },
      texts: [`${name}tool --sweep`, `${name}run -q`, ...(file ? [`echo k > /opt/.${name}/run.sh`, `sh /opt/.${name}/run.sh`] : [])],
    })
    const shown = (id: string, of: readonly ReturnType<typeof habits>[], at: number) =>
      one(
        id,
        {
          ...{ c2: of.flatMap(({ c2 }) => c2), payloads: of.flatMap(({ payloads }) => payloads), deckies: ['web-01'] },
          ...{ hassh: of.flatMap(({ hassh }) => hassh), credentials: of.flatMap(({ credentials }) => credentials) },
          commands: [...common, ...of.flatMap(({ texts }) => texts)].map((text, n) => typed(text, at + n * 1_000)),
        },
        at,
      )
    for (const others of [[], strangers])
      for (const file of [true, false]) {
        const [a, b] = [habits('alder', file), habits('birch', file)]
        const seen = [shown('a', [a], START), shown('b', [b], START + HOUR), shown('copycat', [a, b], START + 5 * HOUR)]
        const found = campaignsOf([...others, ...seen])
        expect(found.filter((members) => members.includes('a') && members.includes('b'))).toEqual([])
      }
  })
  test('what one of two addresses brings counts where an operator said that both are one, and is left out where it may be a copycat of the other', () => {
    const shared = { c2: ['cc.example:443'], payloads: ['implant'] }
    const stay = (id: string, n: number, given: Parameters<typeof observed>[1]) =>
      observed(id, { ip: addressOf(n), firstSeen: START, lastSeen: START, hassh: ['a'], ...given })
    const hops: LinkedIdentity = { id: 'a', observations: [stay('with', 201, shared), stay('without', 407, {})] }
    const partner = one('b', { ...shared, hassh: ['b'] })
    expect(campaignsOf([...strangers, hops, partner])).toEqual([])
    expect(campaignsOf([...strangers, { ...hops, confirmed: [['without', 'with']] }, partner])).toEqual([['b', 'a']])
    expect(campaignsOf([...strangers, { ...hops, confirmed: [['with', 'elsewhere']] }, partner])).toEqual([])
  })
  describe('a secret', () => {
    const secretOf = (user: string) => `${user}-Kx91!-vahovi`
    const sets = (user: string, at: number) => typed(`echo '${user}:${secretOf(user)}' | chpasswd`, at)
    type Given = Parameters<typeof observed>[1]
    /** Somebody who leaves secrets of these accounts, and uses those of others. */
    const actor = (id: string, hours: number, leaves: readonly string[], uses: readonly string[], more: Given = {}) => {
      const at = START + hours * HOUR
      const credentials = uses.map((user) => [user, secretOf(user)] as const)
      return one(id, { credentials, deckies: ['web-01'], commands: leaves.map((user) => sets(user, at)), ...more }, at)
    }
    const together = (found: readonly (readonly string[])[], a: string, b: string) =>
      found.some((members) => members.includes(a) && members.includes(b))

    test('makes a pair of who left it and who used it', () => {
      expect(campaignsOf([...strangers, actor('a', 0, ['zoran'], []), actor('b', 6, [], ['zoran'])])).toEqual([['a', 'b']])
    })
    test('chains nobody: whoever left it may have shown it to all, and whoever used it may have come upon it', () => {
      const shared = { c2: ['cc.example:443'], payloads: ['implant'], hassh: ['poison'] }
      const uses = [actor('a', 6, [], ['zoran']), actor('b', 12, [], ['mirko'])]
      for (const seen of [
        [actor('p', 0, ['zoran'], []), actor('a', 6, [], ['zoran']), actor('b', 12, [], ['zoran'])],
        [actor('p', 0, ['zoran', 'mirko'], []), ...uses],
        // Several who leave them, and who are one campaign themselves, by what they share or by secrets of their own.
        [actor('p', 0, ['zoran'], [], shared), actor('q', 1, ['mirko'], [], shared), ...uses],
        [actor('p', 0, ['zoran', 'lenka'], []), actor('q', 1, ['mirko'], ['lenka']), ...uses],
        // Who uses what strangers left, as it stands in what their malware drops everywhere, and leaves more of it.
        [actor('a', 0, ['zoran'], []), actor('b', 2, ['mirko'], []), actor('p', 12, [], ['zoran', 'mirko'])],
        [actor('a', 0, ['zoran'], []), actor('p', 6, ['mirko'], ['zoran']), actor('b', 12, [], ['mirko'])],
      ])
        for (const others of [[], strangers]) {
          const found = campaignsOf([...others, ...seen])
          expect(found.length, 'somebody knows what somebody left').toBeGreaterThan(0)
          expect(together(found, 'a', 'b')).toBe(false)
        }
    })
    test('does not stand in the way of what partners share otherwise: three of them are one campaign', () => {
      const shared = { c2: ['cc.example:443'], payloads: ['implant'] }
      const uses = (id: string, hours: number) => actor(id, hours, [], ['zoran'], shared)
      const seen = [actor('a', 0, ['zoran'], [], shared), uses('b', 6), uses('c', 12)]
      expect(campaignsOf([...strangers, ...seen])).toEqual([['a', 'b', 'c']])
    })
    test('of a poisoner joins no strangers who share a little by chance', () => {
      const few = times(3, (n) => one(`few-${n}`, { c2: ['seldom.example'], hassh: [`few-${n}`] }))
      const users = (secrets: readonly (readonly string[])[]) =>
        secrets.map((uses, n) => actor('ab'[n] ?? '', 6 + 6 * n, [], uses, { c2: ['seldom.example'], hassh: [`own-${n}`] }))
      for (const secrets of [
        [[], []],
        [['zoran'], ['zoran']],
        [['zoran'], ['mirko']],
      ])
        for (const poison of [[], [actor('o', -1, ['lenka'], []), actor('p', 0, ['zoran', 'mirko'], ['lenka'])]])
          expect(together(campaignsOf([...strangers, ...few, ...poison, ...users(secrets)]), 'a', 'b')).toBe(false)
    })
    test('or anything else that a copycat brings who is taken for one of two strangers does not join the other to it', () => {
      const shared = { c2: ['cc.example:443'], payloads: ['implant'] }
      const stay = (id: string, ip: string, given: Given = {}) =>
        observed(id, { ip, firstSeen: START, lastSeen: START, hassh: ['a'], deckies: ['web-01'], ...given })
      const own = stay('own', addressOf(201))
      const stranger = one('b', { credentials: [['zoran', secretOf('zoran')]], deckies: ['web-01'], ...shared }, START + 6 * HOUR)
      // The second is a neighbour of the one.
      for (const ip of [addressOf(407), addressOf(201).replace(/\d+$/, '200')])
        for (const brings of [{ commands: [sets('zoran', START)] }, shared])
          expect(campaignsOf([...strangers, { id: 'a', observations: [own, stay('copycat', ip, brings)] }, stranger])).toEqual([])
    })
    test('counts from when it was used, though the address had been there before, and tried other things in the course of days', () => {
      const before = START - 90 * HOUR
      const tries = times(6, (n) => ({ login: ['root', `try-${n}`] as const, ts: before + n * 10 * HOUR }))
      const uses = { login: ['zoran', secretOf('zoran')] as const, ts: START + 6 * HOUR }
      const seen = (all: readonly { readonly login: readonly [string, string]; readonly ts: number }[]) => ({
        id: 'b',
        observations: [
          observed('o-b', {
            ...{ ip: addressOf(407), firstSeen: before, lastSeen: START + 7 * HOUR, deckies: ['web-01'] },
            ...{ credentials: all.map(({ login }) => login), credentialTimes: all.map(({ ts }) => ts) },
          }),
        ],
      })
      const leaves = actor('a', 0, ['zoran'], [])
      expect(campaignsOf([...strangers, leaves, seen([...tries, uses])])).toEqual([['b', 'a']])
      // Among others in one hour it may have stood on a list.
      const list = times(6, (n) => ({ login: ['root', `try-${n}`] as const, ts: uses.ts + n * 1_000 }))
      expect(campaignsOf([...strangers, leaves, seen([uses, ...list])])).toEqual([])
    })
    test('that whoever left it shows there as well is no secret', () => {
      const shows = typed(`echo 'backup login: zoran ${secretOf('zoran')}' > /opt/notes.txt`, START + 1_000)
      const leaves = (...commands: ReturnType<typeof typed>[]) => [one('a', { commands }), actor('b', 6, [], ['zoran'])]
      expect(campaignsOf([...strangers, ...leaves(sets('zoran', START))])).toEqual([['a', 'b']])
      expect(campaignsOf([...strangers, ...leaves(sets('zoran', START), shows)])).toEqual([])
      const atOnce = typed(`${sets('zoran', START).text}; echo zoran ${secretOf('zoran')} > /etc/motd`, START)
      expect(campaignsOf([...strangers, ...leaves(atOnce)])).toEqual([])
    })
  })
  test.each([
    ['was typed as a hash of itself', (word: string) => typed(`echo root:${hash('sha256', word)} | chpasswd`, START)],
    ['stands in a comment', (word: string) => typed(`# echo root:${word} | chpasswd`, START)],
  ])('a password that %s was told to nobody', (_what, leaves) => {
    const word = 'Kestrel-over-the-quarry-91'
    const enters = one('b', { credentials: [['root', hash('sha256', word)]], deckies: ['web-01'] }, START + HOUR)
    expect(campaignsOf([...strangers, one('a', { commands: [leaves(word)] }), enters])).toEqual([])
  })
  test('who used a password there before it was left knows it from elsewhere', () => {
    const tries = (at: number) =>
      observed(`o-${at}`, { credentials: [['root', 'Kx91!-vahovi-47']], deckies: ['web-01'], firstSeen: at, lastSeen: at })
    const leaves = one('a', { commands: [typed('echo root:Kx91!-vahovi-47 | chpasswd', START)] })
    const before = { id: 'b', observations: [tries(START - 30 * HOUR), tries(START + HOUR)] }
    expect(campaignsOf([...strangers, leaves, before])).toEqual([])
    expect(campaignsOf([...strangers, leaves, { id: 'b', observations: [tries(START + HOUR)] }])).toEqual([['a', 'b']])
  })
  test('who is left behind when a partner is removed is named among those that changed', () => {
    const linker = createCampaignLinker()
    const shared = { c2: ['cc.example:443'], payloads: ['implant'] }
    linker.load([...strangers, one('a', shared), one('b', shared)])
    linker.settle()
    linker.changes()
    linker.remove('b')
    expect(linker.changes().map(({ member }) => member)).toEqual(['a', 'b'])
    linker.add(one('b', shared))
    linker.changes()
    linker.add(one('c', shared))
    linker.remove('c')
    linker.settle()
    expect(linker.changes()).toEqual([])
  })
  test.each(['123456', 'admin123', 'P@ssw0rd', 'Summer2025!', 'oracle2020'])(
    'a password that lists try, such as %s, is handed over to nobody',
    (word) => {
      const logs = (id: string, at: number) => one(id, { credentials: [['root', word]], deckies: ['web-01'] }, at)
      const set = one('a', { deckies: ['web-01'], commands: [typed(`echo 'root:${word}' | chpasswd`, START)] })
      expect(campaignsOf([...strangers, set, logs('b', START + HOUR), logs('c', START + 2 * HOUR)])).toEqual([])
    },
  )
  test('passwords that lists may have bring nobody together, however many one leaves and strangers try', () => {
    const words = ['!QAZ2wsx', 'Pa$$w0rd', 'qwe123!@#', 'a1b2c3', 'q1w2e3r4', 'Aa123456.', '345gs5662d34', 'P@ssw0rd123!!', 'Zx7!kq']
    const leaves = one('poisoner', { commands: words.map((word, n) => typed(`echo 'user${n}:${word}' | chpasswd`, START + n * 1_000)) })
    const tries = words.map((word, n) =>
      one(`victim-${n}`, { hassh: [`own-${n}`], credentials: [[`user${n}`, word]], deckies: ['web-01'] }, START + (5 + n) * HOUR),
    )
    for (const others of [[], strangers]) expect(campaignsOf([...others, leaves, ...tries])).toEqual([])
  })
  test('who only sets the passwords of accounts that were there before brings no strangers together by short ones', () => {
    const names = ['zykora', 'mavori', 'tefani', 'rokabe']
    const leaves = one('poisoner', { commands: names.map((name, n) => typed(`echo '${name}:Tz7!kqmo' | chpasswd`, START + n)) })
    const tries = names.map((name, n) =>
      one(`victim-${n}`, { credentials: [[name, 'Tz7!kqmo']], deckies: ['web-01'] }, START + (5 + n) * HOUR),
    )
    expect(campaignsOf([...strangers, leaves, ...tries])).toEqual([])
  })
  test('an evidence of a hand-over names what was handed over', () => {
    const linker = createCampaignLinker()
    linker.load([
      ...strangers,
      one('a', { commands: [typed('echo x > /opt/.cache/run.sh', START)] }),
      one('b', { commands: [typed('sh /opt/.cache/run.sh', START + 2 * HOUR)] }, START + 2 * HOUR),
    ])
    linker.settle()
    const found = linker.explain('a', 'b')?.evidence.find(({ family }) => family === 'hand-over')
    expect(found?.values).toEqual(['file /opt/.cache/run.sh on web-01'])
    expect(found?.why).toContain('2 hours later')
  })
})
