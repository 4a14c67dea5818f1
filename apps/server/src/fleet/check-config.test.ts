import { services } from '@decnet/services'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { checkConfig } from './check-config.ts'

const named = (name: string) => {
  const found = services.find((service) => service.name === name)
  if (!found) throw new Error(`there is no ${name}`)
  return found
}
/** Words of the schema library, which are no words for people. */
const RAW = /invalid|expected|received|too (?:big|small)/iu

describe('the settings of a service', () => {
  it('may be texts, which become what the setting is', () =>
    expect(checkConfig(named('ssh'), { max_auth_tries: ' 3 ', password_authentication: 'no' })).toEqual({
      config: { max_auth_tries: 3, password_authentication: false },
      faults: [],
    }))

  it('that are wrong are all named, in words', () => {
    const { faults } = checkConfig(named('ssh'), {
      max_auth_tries: 'many',
      password_authentication: 'perhaps',
      max_startups: 'x',
      colour: 'red',
    })
    expect(faults).toEqual([
      { field: 'max_auth_tries', message: expect.stringMatching(/^max_auth_tries must be a whole number from \d+ to \d+\.$/u) },
      { field: 'password_authentication', message: 'password_authentication must be true or false.' },
      { field: 'max_startups', message: 'max_startups must be start:rate:full, as 10:30:100.' },
      { field: 'colour', message: expect.stringMatching(/^ssh has no setting colour; it has .*max_auth_tries/u) },
    ])
  })

  it.each(services.flatMap((service) => Object.keys(service.config.shape).map((setting) => [service.name, setting] as const)))(
    'of %s, %s: what it cannot be is refused without a word of the schema library',
    (service, setting) => {
      for (const value of [{ no: 'such thing' }, Number.NaN, null]) {
        const { faults } = checkConfig(named(service), { [setting]: value })
        for (const { message } of faults) expect(message).not.toMatch(RAW)
      }
    },
  )

  it('that do not go together are said in the words of whoever knows why', () => {
    const service = {
      ...named('http'),
      config: z.object({ low: z.number().default(1), high: z.number().default(2) }).refine(({ low, high }) => low < high, {
        message: 'must be above low',
        path: ['high'],
      }),
    }
    expect(checkConfig(service as never, { low: 5 }).faults).toEqual([{ field: 'high', message: 'high must be above low.' }])
  })
})
