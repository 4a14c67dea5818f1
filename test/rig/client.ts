import { spawn } from 'node:child_process'

export interface ClientResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a real client to its end, without a shell. */
export function run(
  command: string,
  args: readonly string[],
  options: {
    readonly input?: string | Uint8Array
    readonly timeoutMs?: number
    readonly env?: NodeJS.ProcessEnv
    readonly cwd?: string
  } = {},
): Promise<ClientResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C.UTF-8', ...options.env },
      cwd: options.cwd,
    })
    const out: Buffer[] = []
    const err: Buffer[] = []
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 30_000)
    child.stdout.on('data', (data: Buffer) => out.push(data))
    child.stderr.on('data', (data: Buffer) => err.push(data))
    child.stdin.on('error', () => undefined)
    child.once('error', reject)
    child.once('close', (code) => {
      clearTimeout(timer)
      resolve({ code, stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8') })
    })
    child.stdin.end(options.input)
  })
}

/** What every OpenSSH client here needs: a host that is new each time, no agent, no questions. */
export const SSH_OPTIONS = [
  '-o',
  'StrictHostKeyChecking=no',
  '-o',
  'UserKnownHostsFile=/dev/null',
  '-o',
  'LogLevel=ERROR',
  '-o',
  'IdentityAgent=none',
  '-o',
  'PreferredAuthentications=password',
] as const
