import { mkdir, readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { newId } from '@decnet/kernel'
import type { Evidence } from '@decnet/kernel/service'
import { FileCapture, PARTIAL } from './capture.ts'
import { Ledger } from './ledger.ts'
import { CastRecording, type RecordingPlace } from './recording.ts'

export interface EvidenceOptions {
  /** Gets `artifacts/` and `replays/`; a relative path means the working directory of the time. */
  readonly directory: string
  /** Bytes kept of one file; 50 MiB. */
  readonly captureCapBytes?: number
  /** Bytes of one recording's file; 10 MiB. */
  readonly recordingCapBytes?: number
  /** Bytes of all evidence, 4 KiB more for each file; 2 GiB. */
  readonly quotaBytes?: number
  /** Bytes that may wait for the disk, all sessions together; 32 MiB. */
  readonly memoryBytes?: number
  readonly now?: () => number
}

/** Recordings are named by the kernel; should anything else ever come, it names no file. */
const RECORDING_NAME = /^[0-9a-zA-Z][0-9a-zA-Z-]{0,63}$/
const MIB = 1024 * 1024

/**
 * The evidence folder: `artifacts/<sha256>` (of the whole file, also where only its beginning was kept) and `replays/<name>.cast`, mode 0600.
 * Writing happens behind the session's back and never throws; what finds no room is hashed and counted, and says `truncated`.
 * @throws what the system says when the folders cannot be made or read.
 */
export async function openEvidence(options: EvidenceOptions): Promise<Evidence & { close(): Promise<void> }> {
  const { directory, captureCapBytes = 50 * MIB, recordingCapBytes = 10 * MIB, quotaBytes = 2048 * MIB, memoryBytes = 32 * MIB } = options
  const artifacts = join(directory, 'artifacts')
  const replays = join(directory, 'replays')
  for (const folder of [artifacts, replays]) await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const name of await readdir(artifacts)) if (PARTIAL.test(name)) await unlink(join(artifacts, name))
  const ledger = new Ledger([artifacts, replays], quotaBytes, memoryBytes)
  await ledger.look()
  const place: RecordingPlace = { folder: replays, cap: recordingCapBytes, ledger, now: options.now ?? Date.now }
  const captures = new Set<FileCapture>()
  const recordings = new Set<CastRecording>()
  return {
    openCapture() {
      const capture = new FileCapture(artifacts, captureCapBytes, ledger, () => captures.delete(capture))
      captures.add(capture)
      return capture
    },
    openRecording(name, recordingOptions, done) {
      const recording = new CastRecording(RECORDING_NAME.test(name) ? name : newId(), recordingOptions, place, (result) => {
        recordings.delete(recording)
        done(result)
      })
      recordings.add(recording)
      return recording
    },
    /** Throws away captures that nobody finished; completes recordings. */
    async close() {
      await Promise.all([...[...captures].map((capture) => capture.abort()), ...[...recordings].map((recording) => recording.close())])
    },
  }
}
