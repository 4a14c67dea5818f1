import { decimalMeta, doubleMeta, integerMeta, isInteger, isNumeric, longMeta, type Meta, NULL_META, TYPE, textMeta } from './meta.ts'

/** The type that holds values of all of these: of IF, CASE, COALESCE and the columns of UNION. */
export function commonMeta(metas: readonly Meta[]): Meta {
  const real = metas.filter(({ type }) => type !== TYPE.null)
  const [first] = real
  if (first === undefined) return NULL_META
  const length = Math.max(...real.map((meta) => meta.length))
  if (real.every((meta) => meta.type === first.type && meta.text === first.text)) return { ...first, length }
  if (real.every(isInteger)) return real.some(({ type }) => type === TYPE.longlong) ? longMeta(length) : integerMeta(length)
  if (real.every(isNumeric)) {
    if (real.some(({ type }) => type === TYPE.double || type === TYPE.float)) return doubleMeta()
    const scale = Math.max(...real.map(({ decimals }) => decimals))
    return decimalMeta(length + scale + 1, scale)
  }
  return textMeta(length)
}
