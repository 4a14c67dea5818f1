import { AppError, own } from '@decnet/kernel'
import { cowrieReader } from './cowrie.ts'
import { contentOf } from './lines.ts'
import { openCanaryReader } from './opencanary.ts'
import type { MakeReader } from './reading.ts'
import { rfc5424Reader } from './rfc5424.ts'
import { tpotReader } from './tpot.ts'

/** A format of logs that can be imported. */
export interface Format {
  readonly summary: string
  readonly make: MakeReader
  /** Whether a file in a folder is of this format, by its beginning. */
  readonly fits: (head: Buffer) => boolean
}

const firstLine = (head: Buffer): string => contentOf(head).toString('latin1').trimStart().split('\n', 1)[0] ?? ''
const holdsJson = (head: Buffer): boolean => /^[^{]{0,256}\{\s*"/.test(firstLine(head))

export const formats: Readonly<Record<string, Format>> = {
  cowrie: { summary: "Cowrie's cowrie.json, also rotated", make: cowrieReader, fits: holdsJson },
  opencanary: { summary: "OpenCanary's JSON log", make: openCanaryReader, fits: holdsJson },
  tpot: { summary: "T-Pot's Logstash lines, or an export of its index, one hit a line", make: tpotReader, fits: holdsJson },
  rfc5424: {
    summary: 'RFC 5424 lines, our own or foreign ones',
    make: rfc5424Reader,
    fits: (head) => /^<\d{1,3}>1 /.test(firstLine(head)),
  },
}

/** @throws {AppError} `import_format`. */
export function formatNamed(name: string): Format {
  const format = own(formats, name)
  if (format) return format
  throw new AppError(`There is no format ${name}.`, { code: 'import_format', hint: `There are ${Object.keys(formats).join(', ')}.` })
}
