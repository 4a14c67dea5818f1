import { AppError } from '@decnet/kernel'
import { refusals } from '../../api/refusal.ts'
import { iniOrder } from './ini-order.ts'
import { type Fault, type FleetOrder, fleetOrder, type OrderFormat, type OrderText } from './order.ts'
import { yamlOrder } from './yaml-order.ts'

/** A longer text is no order. */
const BYTES = 512 * 1024
/** So many faults are told; whoever mends these asks again. */
const TOLD = 50

export interface ReadOrder {
  readonly order: FleetOrder
  /** What stands there and changes nothing. */
  readonly warnings: readonly string[]
  /** The same error with the line of each field that it names. */
  located(error: AppError): AppError
}

function invalid(faults: readonly Fault[]): AppError {
  const [first] = faults
  const said =
    faults.length > 1 ? `${faults.length} things in this text are not possible.` : `Line ${first?.line ?? 1}: ${first?.message ?? ''}`
  return new AppError(said, {
    code: 'order_invalid',
    status: 422,
    fields: faults.slice(0, TOLD),
  })
}

const pathOf = (field: string) => field.split('.').map((part) => (/^\d+$/u.test(part) ? Number(part) : part))

/** Zod's words follow a name; a sentence of its own stands alone. */
const sentence = (field: string, message: string) => (/^[a-z]/u.test(message) ? `${field} ${message}.` : message)

function located(error: AppError, { positionOf }: OrderText): AppError {
  if (!error.fields) return error
  const all = error.fields.map((each) => ({ ...each, ...positionOf(pathOf(each.field)) })).toSorted((a, b) => a.line - b.line)
  // What is said of several alike stands there once.
  const fields = [...new Map(all.map((each) => [`${each.line} ${each.message}`, each])).values()]
  const { message, code, status, hint } = error
  const [first] = fields
  const one = all.length === 1 ? message : first?.message
  const told = fields.length === 1 && first ? `Line ${first.line}: ${one}` : message.replace(/^\d+(?= )/u, String(fields.length))
  return new AppError(told, { code, status, fields, cause: error, ...(hint === undefined ? {} : { hint }) })
}

/**
 * Reads a deployment that somebody wrote down. Pure, and its only error is `order_invalid` (422), which names every line that is wrong.
 * `known`: services that exist.
 */
export function readOrder(text: string, format: OrderFormat, known: readonly string[]): ReadOrder {
  if (Buffer.byteLength(text) > BYTES) throw invalid([{ line: 1, field: 'text', message: `The text is longer than ${BYTES / 1024} KB.` }])
  const read = format === 'ini' ? iniOrder(text, known) : yamlOrder(text)
  if (read.faults.length > 0) throw invalid(read.faults)
  const checked = fleetOrder.safeParse(read.value)
  if (!checked.success) {
    const faults = refusals(checked.error, fleetOrder, 'order', read.value).map(({ field, message }) => ({
      field,
      message: sentence(field === 'order' ? 'The text' : field.replace(/^deckies\.\d+\./u, ''), message),
      ...read.positionOf(pathOf(field)),
    }))
    throw invalid(faults.toSorted((a, b) => a.line - b.line))
  }
  return { order: checked.data, warnings: read.warnings, located: (error) => located(error, read) }
}
