import { cpus, loadavg, release, totalmem, type } from 'node:os'

/** Where figures come from: without it they mean nothing. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  readonly system: string
  readonly node: string
  /** Processes that wanted to run in the last minute, as the first benchmark began: beyond 0.5 others disturbed the figures. */
  readonly loadBefore: number
}

export function thisMachine(): Machine {
  const all = cpus()
  return {
    cpu: all[0]?.model.replaceAll(/\s+/gu, ' ').trim() ?? 'unknown',
    cores: all.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release().replace(/-.*$/u, '')}`,
    node: process.version,
    loadBefore: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  }
}

export const describeMachine = (machine: Machine): string =>
  `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.system}, Node ${machine.node}; load ${machine.loadBefore} before the first run`
