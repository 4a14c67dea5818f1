import { expect, test } from 'vitest'
import { dropsStartup, sshConfig } from './config.ts'

test('MaxStartups 10:30:100 drops none below ten, three in ten from there, all from a hundred', () => {
  const share = (startups: number) =>
    Array.from({ length: 100 }, (_, index) => dropsStartup('10:30:100', startups, () => index / 100)).filter(Boolean).length
  expect([share(0), share(9), share(10), share(55), share(100), share(500)]).toEqual([0, 0, 30, 65, 100, 100])
})

test("the defaults are sshd's", () => {
  expect(sshConfig.parse({})).toMatchObject({ max_startups: '10:30:100', login_grace_time: 120, max_auth_tries: 6, max_sessions: 10 })
})
