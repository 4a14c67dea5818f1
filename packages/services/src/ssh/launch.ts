import { reportCommand } from '../_shared/visit/visit.ts'
import type { Program, ProgramContext } from './program.ts'
import { parseScp } from './scp/command-line.ts'
import { scpSink } from './scp/sink.ts'
import { scpSource } from './scp/source.ts'
import { SftpServer } from './sftp/server.ts'
import { shellProgram } from './shell-program.ts'
import type { SshVisit } from './visit.ts'

const SFTP_SERVER = /^(?:\/usr\/lib\/openssh\/|\/usr\/lib\/|\/usr\/libexec\/openssh\/)?sftp-server\s*$/u

/** Chooses what runs for a session request: shell, scp, sftp. */
export function launch(visit: SshVisit, context: ProgramContext): Program | null {
  const { start } = context
  if (start.kind === 'subsystem') return start.name === 'sftp' ? new SftpServer(visit, context) : null
  if (start.kind === 'exec' && !context.terminal) {
    const line = start.command.toString('latin1')
    if (SFTP_SERVER.test(line)) return new SftpServer(visit, context)
    const scp = parseScp(line, visit.user.home)
    if (scp) {
      reportCommand(visit, start.command, 'exec')
      return scp.direction === 'sink' ? scpSink(visit, scp, context) : scpSource(visit, scp, context)
    }
  }
  return shellProgram(visit, context)
}
