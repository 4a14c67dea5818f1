import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { deterministicId, newId } from '@decnet/kernel'
import { spoolFileName } from '@decnet/kernel/intake'
import { encodeEvent } from '@decnet/kernel/syslog'
import type { Mutation } from './mutation.ts'

/** A file that grew to this is followed by a new one; whoever reads it deletes it then. */
const ROTATE_BYTES = 1024 * 1024

/**
 * A mutation as an RFC 5424 line: APP-NAME `mutator`, HOSTNAME the decky, MSGID `decky_mutated`, the members of `decky.{name}.mutation` as parameters
 * of `relay@55555`; lists with commas, what there is not is absent.
 */
export function mutationLine({ decky, old_services, new_services, trigger, actor, strategy, reason, at, tookMs }: Mutation): string {
  return encodeEvent({
    id: deterministicId('mutator', decky, String(at), trigger, new_services.join()),
    ts: at,
    decky,
    service: 'mutator',
    type: 'decky_mutated',
    severity: 6,
    fields: {
      decky,
      old_services: old_services.join(),
      new_services: new_services.join(),
      trigger,
      ...(actor === null ? {} : { actor }),
      ...(strategy === undefined ? {} : { strategy }),
      ...(reason === undefined ? {} : { reason }),
      started_at: new Date(at - tookMs).toISOString(),
      ended_at: new Date(at).toISOString(),
    },
  })
}

export interface MutationSpool extends AsyncDisposable {
  /** Rejects when the disk does; the next one begins a new file. */
  tell(mutations: readonly Mutation[]): Promise<void>
}

/** Writes such lines where an intake reads them. Never goes on behind a line that may be torn. */
export function mutationSpool(directory: string): MutationSpool {
  let file: FileHandle | undefined
  let size = 0
  let turn: Promise<void> = Promise.resolve()

  async function close() {
    const open = file
    file = undefined
    size = 0
    await open?.close()
  }
  async function write(lines: string) {
    try {
      if (!file) {
        await mkdir(directory, { recursive: true, mode: 0o700 })
        file = await open(join(directory, spoolFileName(newId())), 'ax', 0o600)
      }
      await file.appendFile(lines)
      await file.datasync()
      size += Buffer.byteLength(lines)
    } catch (error) {
      await close()
      throw error
    }
    if (size >= ROTATE_BYTES) await close()
  }
  return {
    tell(mutations) {
      if (mutations.length === 0) return Promise.resolve()
      const lines = mutations.map((mutation) => `${mutationLine(mutation)}\n`).join('')
      const done = turn.then(() => write(lines))
      turn = done.catch(() => undefined)
      return done
    },
    async [Symbol.asyncDispose]() {
      await turn
      await close()
    },
  }
}
