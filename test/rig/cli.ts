import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { type ClientResult, run } from './client.ts'
import { ROOT } from './fleet.ts'

export const DECNET = join(ROOT, 'bin', 'decnet')

/** `decnet …` run to its end, with nothing of the caller's own settings. */
export const decnet = (
  args: readonly string[],
  options: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<ClientResult> =>
  run(DECNET, args, {
    ...options,
    env: { DECNET_HOME: undefined, DECNET_ADMIN_PASSWORD: undefined, NO_COLOR: '1', ...options.env },
    timeoutMs: 60_000,
  })

/** The error that a command with --json said on standard error. */
export const errorOf = (result: ClientResult): CommandError => {
  const last = result.stderr.trim().split('\n').at(-1) ?? ''
  return (JSON.parse(last) as { error: CommandError }).error
}
interface CommandError {
  readonly code: string
  readonly message: string
  readonly hint: string | null
  readonly errors?: readonly { readonly field: string; readonly message: string; readonly line?: number }[]
}

/** A command that stays, with what it has said so far. */
export function follow(args: readonly string[]): { readonly child: ChildProcess; readonly said: () => string } {
  const child = spawn(DECNET, [...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1' } })
  let said = ''
  child.stdout.on('data', (data: Buffer) => {
    said += data.toString('utf8')
  })
  child.stderr.resume()
  return { child, said: () => said }
}
