import { events } from '@decnet/contracts/events'
import { escapedBytes } from '@decnet/kernel'
import type { Session } from '@decnet/kernel/service'
import type { PersonaUser } from '@decnet/persona'
import type { Credentials, Host } from '../shell/port.ts'

/** What a visit reports whatever protocol it came by. */
export const VISIT_EMITS = [
  events.command,
  events.downloadAttempt,
  events.connectAttempt,
  events.fileCaptured,
  events.sessionRecorded,
] as const

/** One attacker past the login of a decky's machine. */
export interface Visit {
  readonly host: Host
  readonly user: PersonaUser
  readonly as: Credentials
  readonly session: Session<(typeof VISIT_EMITS)[number]>
  readonly now: () => number
  readonly random: () => number
  /** Work that must end before the session does: captures, recordings. */
  readonly pending: Set<Promise<unknown>>
}

/** Holds the session open until the work is done; a failure of the evidence store loses that evidence only. */
export function track(visit: Visit, work: Promise<unknown>): void {
  const over = () => {
    visit.pending.delete(settled)
  }
  const settled: Promise<void> = work.then(over, over)
  visit.pending.add(settled)
}

/** Resolves when nothing is pending. */
export async function settle(visit: Visit): Promise<void> {
  while (visit.pending.size > 0) await Promise.all(visit.pending)
}

/** Keeps a file that a visitor left under a name of the disk, and reports it. */
export function captureFile(visit: Visit, via: 'scp' | 'sftp' | 'shell', path: string, content: Uint8Array): void {
  const capture = visit.session.capture()
  capture.write(content)
  track(
    visit,
    capture.finish().then((kept) => visit.session.emit(events.fileCaptured, { ...kept, path: escapedBytes(path), via })),
  )
}

/** An account's name as it stands in passwd, one character per byte. */
export const nameBytes = (name: string): Buffer => Buffer.from(name, 'latin1')

export function reportCommand(visit: Visit, command: string | Uint8Array, mode: 'exec' | 'protocol', cwd = visit.user.home): void {
  visit.session.emit(events.command, { command, user: nameBytes(visit.user.name), cwd: escapedBytes(cwd), mode })
}
