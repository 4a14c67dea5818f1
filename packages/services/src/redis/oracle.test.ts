import { spawnSync } from 'node:child_process'
import { examplePersona, type ServiceHarness, startService } from '@decnet/kernel/service/conformance'
import { when } from '@decnet/kernel/testing'
import type { Persona } from '@decnet/persona'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Oracle, startOracle, talk } from '../_shared/oracle/oracle.ts'
import { vectors } from './oracle-vectors.ts'
import service from './service.ts'

const version = () => /v=([\d.]+)/u.exec(spawnSync('redis-server', ['--version']).stdout?.toString() ?? '')?.[1] ?? ''

/** Identifiers, and lists whose order is that of a hash table. */
function masked(heard: Buffer): string {
  const lines = heard
    .toString('latin1')
    .replace(/\$2\r\nid\r\n:\d+/gu, '$$2\r\nid\r\n:N')
    .split('\r\n')
  return lines.join('\n')
}

when({ tools: { 'redis-server': 'redis-server' } }).describe('redis-server and the service answer alike', () => {
  let oracle: Oracle
  let harness: ServiceHarness
  beforeAll(async () => {
    oracle = await startOracle((folder, port) => [
      'redis-server',
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--protected-mode',
      'no',
      '--enable-protected-configs',
      'yes',
      '--dir',
      folder,
      '--slowlog-log-slower-than',
      '-1',
      '--save',
      '3600 1 300 100 60 10000',
    ])
    const base = examplePersona()
    const persona: Persona = { ...base, packages: { ...base.packages, redis: { version: version() } } }
    harness = await startService(service, { persona })
    for (const { port } of [oracle, harness]) await talk(port, 'FLUSHALL\r\nCONFIG SET dir /tmp\r\n')
  }, 30_000)
  afterAll(async () => {
    await harness?.close()
    await oracle?.stop()
  })
  // In order: what one conversation leaves behind, the next one finds.
  test.each(Object.keys(vectors))('%s', { timeout: 10_000 }, async (vector) => {
    const bytes = vectors[vector] ?? ''
    const [real, ours] = await Promise.all([talk(oracle.port, bytes, 120), talk(harness.port, bytes, 120)])
    expect(masked(ours.heard)).toBe(masked(real.heard))
    expect(ours.end).toBe(real.end)
  })
})
