import type { Call } from '../../interpreter/call.ts'
import { toText } from '../../interpreter/streams.ts'
import { modules } from './library.ts'
import { type Body, fn, ITEMS_MAX, lookup, OUTPUT_MAX, text } from './members.ts'
import { Exited, list, made, Raised, repr, shown, typeOf, type Value } from './values.ts'

/** A name that needs no import. */
export function builtinNamed(call: Call, name: string): Value | undefined {
  const leave: Body = ([status]) => {
    throw new Exited(typeof status === 'bigint' ? Number(status) & 255 : 0)
  }
  const sized = (value: Value | undefined): bigint => {
    if (typeof value === 'string') return BigInt(value.length)
    if (value !== null && typeof value === 'object' && value.kind === 'list') return BigInt(value.items.length)
    if (value !== null && typeof value === 'object' && value.kind === 'bytes') return BigInt(value.text.length)
    throw new Raised('TypeError', `object of type '${typeOf(value ?? null)}' has no len()`)
  }
  return lookup(
    {
      print: fn('print', async (args, named) => {
        const end = named.get('end')
        const out = args.map(shown).join(typeof named.get('sep') === 'string' ? String(named.get('sep')) : ' ')
        await call.out(`${out}${typeof end === 'string' ? end : '\n'}`)
        return null
      }),
      len: fn('len', ([value]) => sized(value)),
      str: fn('str', ([value]) => (value === undefined ? '' : shown(value))),
      repr: fn('repr', ([value]) => repr(value ?? null)),
      int: fn('int', ([value, base]) => {
        if (typeof value === 'bigint') return value
        if (typeof value === 'number') return BigInt(Math.trunc(value))
        const digits = text(value).trim()
        const radix = Number(base ?? 10n)
        const number =
          radix === 10
            ? /^[-+]?\d{1,4000}$/.test(digits)
              ? BigInt(digits)
              : undefined
            : Number.isNaN(Number.parseInt(digits, radix))
              ? undefined
              : BigInt(Number.parseInt(digits, radix))
        if (number === undefined) throw new Raised('ValueError', `invalid literal for int() with base ${radix}: ${repr(value ?? null)}`)
        return number
      }),
      hex: fn('hex', ([value]) => (typeof value === 'bigint' ? `0x${value.toString(16)}` : '')),
      chr: fn('chr', ([value]) =>
        Buffer.from(String.fromCodePoint(Math.max(0, Math.min(0x10ffff, Number(value ?? 0n))))).toString('latin1'),
      ),
      ord: fn('ord', ([value]) => BigInt(text(value).codePointAt(0) ?? 0)),
      type: fn(
        'type',
        ([value]) => made('type', {}) && { kind: 'object', type: 'type', shown: `<class '${typeOf(value ?? null)}'>`, fields: new Map() },
      ),
      range: fn('range', (args) => {
        const [from, to, step] = [
          args.length > 1 ? Number(args[0]) : 0,
          Number(args[args.length > 1 ? 1 : 0] ?? 0n),
          Number(args[2] ?? 1n) || 1,
        ]
        const count = Math.max(0, Math.ceil((to - from) / step))
        if (count > ITEMS_MAX) throw new Raised('MemoryError', '')
        return list(Array.from({ length: count }, (_, i) => BigInt(from + i * step)))
      }),
      open: fn('open', async ([where, mode]) => {
        const wanted = mode === undefined ? 'r' : text(mode)
        const path = call.path(text(where))
        const kept = await call.attempt<string>(
          () => {
            if (/[wax]/.test(wanted))
              call.fs.open(path, call.as, { create: true, truncate: wanted.includes('w'), append: wanted.includes('a'), mode: 0o644 })
            return /[wa]/.test(wanted) ? '' : toText(call.fs.read(path, call.as))
          },
          (reason, error) => {
            throw new Raised(
              error.code === 'ENOENT' ? 'FileNotFoundError' : error.code === 'EISDIR' ? 'IsADirectoryError' : 'PermissionError',
              `[Errno ${error.code === 'ENOENT' ? 2 : error.code === 'EISDIR' ? 21 : 13}] ${reason}: ${repr(where ?? null)}`,
            )
          },
        )
        const data = (): Value => (wanted.includes('b') ? { kind: 'bytes', text: kept } : kept)
        return made('_io.TextIOWrapper', {
          read: fn('read', data),
          readlines: fn('readlines', () => list(kept.split(/(?<=\n)/).filter((line) => line !== ''))),
          write: fn('write', ([what]) => {
            const bytes = Buffer.from(text(what), 'latin1')
            call.fs.write(path, bytes, call.as, { append: true })
            call.session.observer.file(path, call.fs.read(path, call.as))
            return BigInt(bytes.length)
          }),
          close: fn('close', () => null),
        })
      }),
      exit: fn('exit', leave),
      quit: fn('quit', leave),
      __import__: fn('__import__', ([module]) => {
        if (!modules.has(text(module))) throw new Raised('ModuleNotFoundError', `No module named ${repr(module ?? null)}`)
        return { kind: 'module', name: text(module) }
      }),
    },
    name,
  )
}

/** Methods of texts, bytes and lists. */
export function methodOf(of: Value, name: string): Value | undefined {
  const bytes = of !== null && typeof of === 'object' && of.kind === 'bytes'
  const inner = typeof of === 'string' ? of : bytes ? of.text : undefined
  if (inner !== undefined) {
    const same = (value: string): Value => (bytes ? { kind: 'bytes', text: value } : value)
    return lookup(
      {
        decode: fn('decode', () => inner),
        encode: fn('encode', () => ({ kind: 'bytes', text: inner })),
        strip: fn('strip', () => same(inner.trim())),
        rstrip: fn('rstrip', () => same(inner.trimEnd())),
        upper: fn('upper', () => same(inner.toUpperCase())),
        lower: fn('lower', () => same(inner.toLowerCase())),
        split: fn('split', ([by]) =>
          list((by === undefined || by === null ? inner.trim().split(/\s+/) : inner.split(text(by))).slice(0, ITEMS_MAX).map(same)),
        ),
        splitlines: fn('splitlines', () => list(inner.replace(/\n$/, '').split('\n').map(same))),
        replace: fn('replace', ([what, by]) => {
          const result = inner.split(text(what)).join(text(by))
          if (result.length > OUTPUT_MAX) throw new Raised('MemoryError', '')
          return same(result)
        }),
        startswith: fn('startswith', ([what]) => inner.startsWith(text(what))),
        endswith: fn('endswith', ([what]) => inner.endsWith(text(what))),
        join: fn('join', ([items]) => {
          if (items === null || typeof items !== 'object' || items.kind !== 'list')
            throw new Raised('TypeError', 'can only join an iterable')
          return same(items.items.map(text).join(inner).slice(0, OUTPUT_MAX))
        }),
        format: fn('format', (args) => {
          let at = 0
          return same(inner.replace(/\{(\d*)\}/g, (_, index: string) => shown(args[index === '' ? at++ : Number(index)] ?? null)))
        }),
        hex: bytes ? fn('hex', () => Buffer.from(inner, 'latin1').toString('hex')) : null,
      },
      name,
    )
  }
  if (of !== null && typeof of === 'object' && of.kind === 'list' && !of.tuple)
    return lookup(
      {
        append: fn('append', ([item]) => {
          if (of.items.length >= ITEMS_MAX) throw new Raised('MemoryError', '')
          of.items.push(item ?? null)
          return null
        }),
        sort: fn('sort', () => {
          of.items.sort((a, b) => (shown(a) < shown(b) ? -1 : 1))
          return null
        }),
      },
      name,
    )
  if (of !== null && typeof of === 'object' && of.kind === 'object')
    return lookup({ get: fn('get', ([key, other]) => of.fields.get(text(key)) ?? other ?? null) }, name)
  return undefined
}
