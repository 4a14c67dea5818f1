import { createReadStream } from 'node:fs'
import { type CaptureEnd, type Flow, fingerprintCapture } from '@decnet/fingerprint'
import { AppError, isNodeError } from '@decnet/kernel'
import pc from 'picocolors'
import { writeEndpoint } from '../domain/probe/endpoint.ts'
import { visible } from '../domain/visible.ts'
import type { CommandDefinition } from './command.ts'
import { printJson } from './output.ts'
import { printTable } from './table.ts'

/** A table of more is nothing to look at, and would have to be kept until the last one. */
const SHOWN = 1000
const NO_FILE: Readonly<Record<string, string>> = { ENOENT: 'There is no', EACCES: 'You may not read', EISDIR: 'A folder is no capture:' }

async function* bytesOf(file: string): AsyncGenerator<Uint8Array, void> {
  try {
    yield* file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 1 << 18 })
  } catch (error) {
    if (!isNodeError(error)) throw error
    throw new AppError(`${NO_FILE[error.code ?? ''] ?? `${error.message}:`} ${visible(file)}.`, {
      code: 'unreadable_capture',
      cause: error,
    })
  }
}

/** Every flow of a capture, one after the other; then what is to be said of the file. */
async function each(file: string, show: (flow: Flow) => void): Promise<CaptureEnd> {
  const flows = fingerprintCapture(bytesOf(file))
  for (;;) {
    const next = await flows.next()
    if (next.done) return next.value
    show(next.value)
  }
}

function warn(json: boolean, code: string, message: string): void {
  process.stderr.write(json ? `${JSON.stringify({ warning: { code, message } })}\n` : `${pc.yellow('!')} ${message}\n`)
}

const shown = (flow: Flow) => ({
  ...flow,
  firstSeen: new Date(flow.firstSeen).toISOString(),
  lastSeen: new Date(flow.lastSeen).toISOString(),
})

function row(flow: Flow): string[] {
  const { tcpSyn: _syn, ...prints } = flow.fingerprints
  return [
    new Date(flow.firstSeen).toISOString().slice(0, 19).replace('T', ' '),
    writeEndpoint({ host: flow.src, port: flow.srcPort }),
    writeEndpoint({ host: flow.dst, port: flow.dstPort }),
    flow.application ?? flow.protocol,
    visible(flow.sni ?? flow.sshClient ?? '', 40),
    Object.entries(prints)
      .map(([kind, value]) => `${kind} ${value}`)
      .join(' '),
    flow.os ? `${flow.os.family} ${flow.os.confidence}` : '',
  ]
}

/** Reads fingerprints out of captures; needs no home and no fleet. */
export const fingerprint: CommandDefinition = {
  options: [{ flags: '--json', description: 'one object a line for each flow' }],
  examples: [
    'decnet fingerprint pcap attack.pcapng',
    'decnet fingerprint pcap monday.pcap tuesday.pcap --json | jq -c .fingerprints',
    'tcpdump -w - port 443 | decnet fingerprint pcap - --json',
  ],
  async run({ args, options }) {
    const [source, ...files] = args
    if (source !== 'pcap')
      throw new AppError(`decnet fingerprint does not read ${visible(source ?? 'nothing')}.`, { code: 'usage', hint: 'It reads pcap.' })
    if (files.length === 0)
      throw new AppError('Say which file.', { code: 'usage', hint: 'For example: decnet fingerprint pcap attack.pcapng' })
    const rows: string[][] = []
    let more = 0
    const show = (flow: Flow) => {
      if (options.json) printJson(shown(flow))
      else if (rows.length < SHOWN) rows.push(row(flow))
      else more += 1
    }
    const ends: (readonly [file: string, end: CaptureEnd])[] = []
    for (const file of files) ends.push([file, await each(file, show)])
    if (!options.json)
      printTable(['Since', 'Client', 'Server', 'Protocol', 'Name', 'Fingerprints', 'System'], rows, 'No TCP or UDP in there.')
    if (more > 0) warn(options.json, 'more', `${more.toLocaleString('en')} more flows: --json prints them all.`)
    for (const [file, end] of ends) {
      if (end === 'truncated') warn(options.json, 'truncated_capture', `${visible(file)} ends in the middle of a packet.`)
      if (end === 'damaged') warn(options.json, 'damaged_capture', `${visible(file)} is damaged; what stands before the damage was read.`)
    }
    const foreign = ends.flatMap(([file, end]) => (end === 'foreign' ? [visible(file)] : []))
    if (foreign.length > 0)
      throw new AppError(`${foreign.join(', ')} ${foreign.length === 1 ? 'is' : 'are'} neither pcap nor pcapng.`, {
        code: 'not_a_capture',
        hint: 'Unpack it first if it is compressed.',
      })
    return 0
  },
}
