import { type ClientResult, run, SSH_OPTIONS } from './client.ts'
import type { Target } from './fleet.ts'

/** Attacks by real clients, each from a loopback address of its own choice: one address, one attacker. */
export interface Attacker {
  /** `command` absent: an interactive login on a terminal, with `input` typed. */
  ssh(target: Target, as: { readonly user: string; readonly password: string }, command?: string, input?: string): Promise<ClientResult>
  curl(...args: readonly string[]): Promise<ClientResult>
}

export function attackerAt(source: string): Attacker {
  return {
    ssh: ({ address, port }, { user, password }, command, input) =>
      run(
        'sshpass',
        [
          '-p',
          password,
          'ssh',
          ...SSH_OPTIONS,
          '-b',
          source,
          '-o',
          `User="${user}"`,
          '-p',
          String(port),
          ...(command === undefined ? ['-tt', address] : [address, command]),
        ],
        input === undefined ? {} : { input },
      ),
    curl: (...args) => run('curl', ['-s', '--max-time', '20', '--interface', source, ...args]),
  }
}

export const urlOf = ({ address, port }: Target, path = '/', scheme = 'http'): string => `${scheme}://${address}:${port}${path}`
