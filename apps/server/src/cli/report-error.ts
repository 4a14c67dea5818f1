import { AppError, isNodeError } from '@decnet/kernel'
import pc from 'picocolors'
import { visible } from '../domain/visible.ts'
import { isDamage } from '../store/damage.ts'
import { isTransient } from '../store/transient.ts'
import { unwritable } from '../store/unwritable.ts'

/** Tables or columns that are not there: SQLite has no code of its own for them. PostgreSQL (SQLSTATE), MySQL. */
const OTHER_SHAPE = /^(?:42P01|42703|ER_NO_SUCH_TABLE|ER_BAD_FIELD_ERROR)$/u
const isOtherShape = (error: NodeJS.ErrnoException) =>
  OTHER_SHAPE.test(error.code ?? '') || (error.code === 'SQLITE_ERROR' && /\bno such (?:table|column)\b/u.test(error.message))

/** What an operator can cause and mend; everything else is ours, and shows where it came from. */
function operators(error: unknown): unknown {
  if (error instanceof AppError || !isNodeError(error)) return error
  if (isDamage(error))
    return new AppError('The database is damaged.', {
      code: 'database_corrupt',
      hint: '`decnet doctor` with the same --home says what to do.',
    })
  const full = unwritable(error)
  if (full) return full
  if (isOtherShape(error))
    return new AppError(`The database is not as this release expects: ${error.message}.`, {
      code: 'database_shape',
      hint: '`decnet db status` shows what is there; `decnet db migrate` brings an older one to this release; else restore a backup: decnet db restore FILE.',
      cause: error,
    })
  if (error.syscall !== undefined)
    return new AppError(`The system refuses: ${error.message}.`, {
      code: 'system_error',
      hint: 'See whether what it names is there and yours; `decnet doctor` checks the home.',
      cause: error,
    })
  if (isTransient(error))
    return new AppError(`The database does not answer just now: ${error.message}.`, {
      code: 'database_unavailable',
      hint: 'Try again soon; `decnet doctor` says whether it can be reached.',
      cause: error,
    })
  return error
}

/** So many refused fields are said. */
const MOST = 50

/** Each refused field in a line of its own, unless the message is all that there is to say of it. */
function fieldLines({ message, fields = [] }: AppError): string[] {
  if (fields.length < 2) return []
  const lines = fields
    .filter((each) => !message.includes(each.message))
    .map(({ field, message, line }) => {
      // Words that a name goes before, or a sentence.
      const said = /^[a-z]/u.test(message) && !message.startsWith(`${field.split('.').at(-1)} `) ? `${field} ${message}` : message
      return `  ${line === undefined ? '' : `Line ${line}: `}${visible(said, 500)}`
    })
  const told = [...new Set(lines)]
  return told.length > MOST ? [...told.slice(0, MOST), `  and ${told.length - MOST} more`] : told
}

/** One error, one way out; with --json as an object on standard error, `errors` as in the API's problem details. Answers the exit code. */
export function reportError(caught: unknown, json: boolean): number {
  const error = operators(caught)
  const app = error instanceof AppError ? error : undefined
  const message = error instanceof Error ? error.message : String(error)
  const errors = app?.fields ? { errors: app.fields } : {}
  if (json)
    process.stderr.write(`${JSON.stringify({ error: { code: app?.code ?? 'internal', message, hint: app?.hint ?? null, ...errors } })}\n`)
  else {
    process.stderr.write(`${pc.red('✗')} ${message}\n`)
    for (const line of app ? fieldLines(app) : []) process.stderr.write(`${line}\n`)
    if (app?.hint) process.stderr.write(`  ${app.hint}\n`)
    else if (!app && error instanceof Error) process.stderr.write(`${pc.dim(error.stack ?? '')}\n`)
  }
  return 1
}
