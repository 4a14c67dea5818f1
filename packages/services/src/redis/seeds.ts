import type { Persona } from '@decnet/persona'
import type { Instance } from './instance.ts'

/** What an application left behind: sessions, a cache, counters, a job queue. Follows from the persona; names nobody. */
export function seedKeys(instance: Instance, persona: Persona, now: number): void {
  const { keyspace } = instance
  const app = persona.pick('redis/app', ['app', 'shop', 'portal', 'crm', 'api', 'web'])
  const text = (key: string, value: string, expiresAt: number | null = null) =>
    keyspace.put(0, key, { type: 'string', bytes: Buffer.from(value) }, expiresAt)
  const sessions = persona.integer('redis/sessions', 4, 12)
  for (let index = 0; index < sessions; index++) {
    const user = persona.integer(`redis/session/${index}/user`, 1001, 4800)
    const left = persona.integer(`redis/session/${index}/left`, 600, 86_000) * 1000
    const payload = { uid: user, csrf: persona.hex(`redis/session/${index}/csrf`, 32), remember: index % 3 === 0 }
    text(`${app}:session:${persona.hex(`redis/session/${index}`, 32)}`, JSON.stringify(payload), now + left)
  }
  for (let index = 0; index < persona.integer('redis/cache', 3, 8); index++) {
    const id = persona.integer(`redis/cache/${index}`, 10, 990)
    text(
      `${app}:cache:product:${id}`,
      JSON.stringify({ id, price: persona.integer(`redis/price/${index}`, 199, 89_900) / 100, stock: id % 41 }),
      now + 3_600_000,
    )
  }
  text(`${app}:stats:visits`, String(persona.integer('redis/visits', 12_000, 900_000)))
  text(`${app}:stats:logins`, String(persona.integer('redis/logins', 900, 40_000)))
  text(`${app}:config:maintenance`, '0')
  const jobs = Array.from({ length: persona.integer('redis/jobs', 1, 6) }, (_, index) =>
    Buffer.from(JSON.stringify({ job: 'SendMail', id: persona.hex(`redis/job/${index}`, 12), attempts: index % 2 })),
  )
  keyspace.put(0, `queues:${persona.pick('redis/queue', ['default', 'mail', 'notifications'])}`, { type: 'list', items: jobs })
  keyspace.put(0, `${app}:online`, {
    type: 'set',
    members: new Set(Array.from({ length: 5 }, (_, index) => String(persona.integer(`redis/online/${index}`, 1001, 4800)))),
  })
  keyspace.put(0, `${app}:features`, {
    type: 'hash',
    fields: new Map([
      ['checkout_v2', Buffer.from('1')],
      ['beta_search', Buffer.from('0')],
      ['rate_limit', Buffer.from('120')],
    ]),
  })
  keyspace.changes = persona.integer('redis/changes', 0, 9)
}
