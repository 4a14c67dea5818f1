import { startRecordedShell } from '../_shared/visit/recorded-shell.ts'
import type { Visit } from '../_shared/visit/visit.ts'
import type { Program, ProgramContext } from './program.ts'

/** Runs `shell` and `exec` requests on the decky's shell, recorded. */
export function shellProgram(visit: Visit, context: ProgramContext): Program {
  const { session } = visit
  const { start, terminal } = context
  const tty = terminal ? visit.host.allocateTty() : null
  const connection = `${session.peer.address} ${session.peer.port}`
  return startRecordedShell(visit, {
    terminal: terminal && tty ? { ...terminal, tty } : null,
    ...(start.kind === 'exec' && { command: start.command }),
    env: {
      ...context.env,
      SSH_CLIENT: `${connection} ${session.local.port}`,
      SSH_CONNECTION: `${connection} ${session.local.address} ${session.local.port}`,
      ...(tty && { SSH_TTY: tty.startsWith('/') ? tty : `/dev/${tty}` }),
    },
    via: 'ssh',
    stdout: context.stdout,
    stderr: context.stderr,
    exit: context.exit,
  })
}
