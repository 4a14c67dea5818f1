import { spawnSync } from 'node:child_process'
import { type Stack, stacks } from '@decnet/persona'
import { rules } from './rules.ts'

/** Whether packets can be rewritten on this machine, and what is missing where they cannot; without it hosts have sysctls only. */
export interface WireSupport {
  readonly nfqueue: boolean
  readonly missing: readonly string[]
}

const written = stacks.flatMap((stack: Stack) => rules(stack, 'eth0') ?? []).at(-1)

/** Asks iptables to read a table as it will be given, without setting it. */
export function detectWire(): WireSupport {
  const missing = (['iptables', 'ip6tables'] as const).flatMap((family) => {
    const { error, status, stderr } = spawnSync(`${family}-restore`, ['--test'], {
      input: family === 'iptables' ? written?.ip4 : written?.ip6,
      encoding: 'utf8',
    })
    if (error) return [`the program ${family}-restore (Debian: iptables)`]
    return status === 0 ? [] : [`${family} with the target NFQUEUE (${stderr.trim().split('\n')[0] ?? ''})`]
  })
  return { nfqueue: missing.length === 0, missing }
}
