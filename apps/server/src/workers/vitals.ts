import { hostname } from 'node:os'

/** What every worker says of the process that it runs in. */
export const vitals = (build: string) => (): Record<string, unknown> => ({ host: hostname(), pid: process.pid, build })
