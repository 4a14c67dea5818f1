import { z } from 'zod'
import { sha256 } from '../fields.ts'
import { bytes, defineEvent } from './define.ts'

/**
 * `mode`: typed at a prompt, given to run, or a verb by which a protocol moves along and that runs nothing (FTP's USER, SMTP's EHLO).
 * Of a line longer than the daemon takes, `command` is the beginning; its bytes as far as they came are counted and hashed.
 */
export const command = defineEvent({
  type: 'command',
  summary: 'A line was given to a shell or an interpreter (also Redis, FTP, SMTP verbs).',
  kind: 'interaction',
  fields: z.object({
    command: bytes,
    command_truncated: z.number().int().optional(),
    command_sha256: sha256.optional(),
    user: bytes.optional(),
    cwd: bytes.optional(),
    mode: z.enum(['interactive', 'exec', 'protocol']).optional(),
  }),
})

/** `wget`, `curl`, `tftp` and friends: the wish is kept, nothing is fetched. */
export const downloadAttempt = defineEvent({
  type: 'download_attempt',
  summary: 'A shell was told to fetch something.',
  kind: 'interaction',
  fields: z.object({ url: bytes, tool: z.string() }),
})

/** `nc`, `telnet`, `ssh`, `/dev/tcp` and friends. `target` as a URL, `tcp://host:port`; nothing beyond the decky is ever reached. */
export const connectAttempt = defineEvent({
  type: 'connect_attempt',
  summary: 'A shell was told to connect somewhere.',
  kind: 'interaction',
  fields: z.object({ target: bytes, tool: z.string() }),
})

/** A forwarding or a tunnel that was asked for; none is ever opened. */
export const forwardAttempt = defineEvent({
  type: 'forward_attempt',
  summary: 'A tunnel through the decky was asked for and refused.',
  kind: 'interaction',
  fields: z.object({ kind: z.enum(['direct-tcpip', 'tcpip-forward', 'x11', 'agent', 'port', 'relay']), target: bytes }),
})

/** The recording lies in the sensor's evidence folder as `replays/<session id>.cast` (asciicast v2). */
export const sessionRecorded = defineEvent({
  type: 'session_recorded',
  summary: 'A terminal recording is complete.',
  kind: 'state',
  fields: z.object({ duration_s: z.number(), bytes: z.number().int(), truncated: z.boolean(), replay: z.string() }),
})

/** The content lies in the evidence folder as `artifacts/<sha256>`. */
export const fileCaptured = defineEvent({
  type: 'file_captured',
  summary: 'A file was left on a decky.',
  kind: 'interaction',
  fields: z.object({
    sha256,
    size: z.number().int(),
    path: bytes,
    via: z.enum(['scp', 'sftp', 'ftp', 'shell', 'http', 'redis', 'mysql']),
    truncated: z.boolean().default(false),
  }),
})
