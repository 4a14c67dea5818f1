import type { Destination } from '../sql/ast.ts'
import { fail } from '../sql-error.ts'
import { type Answer, ok } from './answer.ts'
import type { Session } from './session.ts'
import { isDecimal, textOf, type Value } from './value.ts'

const SIZE_LIMIT = 16 * 1024 * 1024

function cell(value: Value, { fieldEnd, enclosure, lineEnd }: Destination): string {
  const text = textOf(value)
  if (text === null) return '\\N'
  if (typeof value !== 'string' || isDecimal(value)) return `${enclosure}${text}${enclosure}`
  const special = new Set(['\\', enclosure, fieldEnd.charAt(0), lineEnd.charAt(0)].filter((char) => char !== ''))
  const escaped = Array.from(text, (char) => (char === '\0' ? '\\0' : special.has(char) ? `\\${char}` : char)).join('')
  return `${enclosure}${escaped}${enclosure}`
}

/** SELECT … INTO OUTFILE or DUMPFILE: what would be written is kept for the record, whether or not the server writes it. @throws {SqlError} 1, 1086, 1290 */
export function writeOut(destination: Destination, rows: readonly (readonly Value[])[], session: Session): Answer {
  const { server } = session
  const lines =
    destination.how === 'DUMPFILE'
      ? rows.slice(0, 1).map((row) => row.map((value) => textOf(value) ?? '').join(''))
      : rows.map(
          (row) =>
            `${destination.lineStart}${row.map((value) => cell(value, destination)).join(destination.fieldEnd)}${destination.lineEnd}`,
        )
  const content = lines.join('').slice(0, SIZE_LIMIT)
  session.budget.bytes(content.length)
  session.written.push({ path: destination.path, content })
  if (!server.product.mariadb && !destination.path.startsWith('/var/lib/mysql-files/'))
    throw fail.optionPrevents('--secure-file-priv', server.product.name)
  const base = session.database === null ? '/var/lib/mysql' : `/var/lib/mysql/${session.database}`
  const outcome = server.files.write(destination.path.startsWith('/') ? destination.path : `${base}/${destination.path}`, content)
  // A folder that is not there is no place below the one that is allowed.
  if (outcome !== 'exists' && outcome !== 'written' && outcome.errno === 2 && server.product.mariadb)
    throw fail.optionPrevents('--secure-file-priv', server.product.name)
  if (outcome === 'exists') throw fail.fileExists(destination.path)
  if (outcome !== 'written') throw fail.cannotCreateFile(destination.path, outcome.errno, outcome.reason)
  return ok(rows.length)
}
