import type { FunctionTable, SqlFunction } from '../functions.ts'
import { bytesMeta, doubleMeta, FLAG, integerMeta, type Meta, textMeta } from '../meta.ts'
import type { Session } from '../session.ts'
import { textOf, type Value } from '../value.ts'

export type { FunctionTable, SqlFunction }

type Run = (args: readonly Value[], session: Session) => Value

const LONGEST = 16 * 1024 * 1024

/** Keeps what one call makes within what a packet may hold: the server answers NULL with a warning. */
export function bounded(text: string, session: Session): Value {
  if (text.length > LONGEST) return null
  session.budget.bytes(text.length)
  return text
}

/** A function that answers NULL when an argument is NULL. */
const strict =
  (run: Run): Run =>
  (args, session) =>
    args.includes(null) ? null : run(args, session)

/** NOT NULL when no argument can be NULL. */
const sure = (args: readonly Meta[]): number => (args.every(({ flags }) => flags & FLAG.notNull) ? FLAG.notNull : 0)

export const define = (least: number, most: number, meta: SqlFunction['meta'], run: Run): SqlFunction => ({
  least,
  most,
  meta,
  run,
})
export const integer = (least: number, most: number, length: number, run: Run): SqlFunction =>
  define(least, most, (args) => integerMeta(length, sure(args)), strict(run))
export const double = (least: number, most: number, run: Run): SqlFunction => define(least, most, () => doubleMeta(), strict(run))
/** `length` in characters; absent = that of the arguments together. */
export const text = (least: number, most: number, length: number | null, run: Run): SqlFunction =>
  define(
    least,
    most,
    (args) =>
      textMeta(
        length ??
          Math.min(
            16_777_216,
            args.reduce((sum, arg) => sum + arg.length, 0),
          ),
      ),
    strict(run),
  )
export const binary = (least: number, most: number, length: number, run: Run): SqlFunction =>
  define(least, most, () => bytesMeta(length), strict(run))

export const string = (value: Value | undefined): string => textOf(value ?? null) ?? ''

const ASCII = /^[\x00-\x7f]*$/u
/** A text's characters, each as its bytes. */
export function characters(value: string): readonly string[] {
  if (ASCII.test(value)) return value.split('')
  return Array.from(Buffer.from(value, 'latin1').toString('utf8'), (char) => Buffer.from(char, 'utf8').toString('latin1'))
}
export const isAscii = (value: string): boolean => ASCII.test(value)
/** Applies what works on characters to UTF-8 bytes. */
export const onCharacters = (value: string, change: (text: string) => string): string =>
  ASCII.test(value) ? change(value) : Buffer.from(change(Buffer.from(value, 'latin1').toString('utf8')), 'utf8').toString('latin1')
