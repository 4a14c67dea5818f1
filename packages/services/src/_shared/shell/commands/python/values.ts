/** Values of Python; text is one character per byte, as everywhere in the shell. */
export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | { readonly kind: 'bytes'; readonly text: string }
  | { readonly kind: 'list'; readonly items: Value[]; readonly tuple: boolean }
  | { readonly kind: 'module'; readonly name: string }
  | {
      readonly kind: 'function'
      readonly name: string
      readonly call: (args: readonly Value[], named: ReadonlyMap<string, Value>) => Promise<Value> | Value
    }
  | { readonly kind: 'object'; readonly type: string; readonly shown: string; readonly fields: ReadonlyMap<string, Value> }

/** An exception, to be shown as a traceback unless it leaves the interpreter quietly. */
export class Raised extends Error {
  override readonly name = 'Raised'
  readonly type: string
  constructor(type: string, message: string) {
    super(message)
    this.type = type
  }
}
/** `sys.exit`, `exit`, `os._exit`, `os.exec*`. */
export class Exited extends Error {
  override readonly name = 'Exited'
  readonly status: number
  constructor(status: number) {
    super(`exit ${status}`)
    this.status = status
  }
}

export const typeOf = (value: Value): string => {
  if (value === null) return 'NoneType'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'bigint') return 'int'
  if (typeof value === 'number') return 'float'
  if (typeof value === 'string') return 'str'
  if (value.kind === 'list') return value.tuple ? 'tuple' : 'list'
  if (value.kind === 'function') return 'builtin_function_or_method'
  return value.kind === 'object' ? value.type : value.kind
}
const quoted = (text: string): string => {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const inner = text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replace(/[\x00-\x1f\x7f]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
  return `${quote}${quote === "'" ? inner.replaceAll("'", "\\'") : inner}${quote}`
}
export function repr(value: Value): string {
  if (typeof value === 'string') return quoted(value)
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number')
    return Number.isInteger(value) && Math.abs(value) < 1e16 ? `${value}.0` : String(value).replace('Infinity', 'inf').replace('NaN', 'nan')
  if (typeof value !== 'object') return String(value)
  switch (value.kind) {
    case 'bytes':
      return `b${quoted(value.text).replace(/[\x80-\xff]/g, (char) => `\\x${char.charCodeAt(0).toString(16)}`)}`
    case 'list': {
      const inner = value.items.map(repr).join(', ')
      return value.tuple ? `(${inner}${value.items.length === 1 ? ',' : ''})` : `[${inner}]`
    }
    case 'module':
      return `<module '${value.name}' (built-in)>`
    case 'function':
      return `<built-in function ${value.name}>`
    case 'object':
      return value.shown
  }
}
export const shown = (value: Value): string => (typeof value === 'string' ? value : repr(value))
export const truth = (value: Value): boolean =>
  !(
    value === null ||
    value === false ||
    value === 0n ||
    value === 0 ||
    value === '' ||
    (typeof value === 'object' && value.kind === 'list' && value.items.length === 0)
  )
export const list = (items: Value[], tuple = false): Value => ({ kind: 'list', items, tuple })
export const made = (type: string, fields: Readonly<Record<string, Value>>): Value => ({
  kind: 'object',
  type,
  shown: `${type}(${Object.entries(fields)
    .map(([name, value]) => `${name}=${repr(value)}`)
    .join(', ')})`,
  fields: new Map(Object.entries(fields)),
})
