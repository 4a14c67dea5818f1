import { expect, test } from 'vitest'
import { readConfig } from './config.ts'

test('an unknown log level does not keep a sensor from serving', () => {
  expect(readConfig({ DECNET_LOG_LEVEL: 'debug' })).toEqual({ logLevel: 'debug', tickMs: 10_000 })
  expect(readConfig({ DECNET_LOG_LEVEL: 'loud' }).logLevel).toBe('info')
  expect(readConfig({}).logLevel).toBe('info')
})
