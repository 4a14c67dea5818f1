import { createHash } from 'node:crypto'
import type { Call } from '../instance.ts'
import { array, bulk, fail, integer, nil, type Reply, simple } from '../reply.ts'
import { SyntaxFault } from './lexer.ts'
import { callable, globalsOf, library } from './library.ts'
import { type Block, parse } from './parse.ts'
import { Interpreter } from './run.ts'
import { formatNumber, LuaError, Table, type Value } from './value.ts'

type Run = (words: readonly Buffer[]) => Reply

export interface Script {
  readonly sha: string
  readonly chunk: Block
}
export const shaOf = (source: Buffer): string => createHash('sha1').update(source).digest('hex')

/** A script ready to run, or what the server says to one that does not compile. */
export function compile(source: Buffer): Script | { readonly problem: Reply } {
  try {
    return { sha: shaOf(source), chunk: parse(source.toString('latin1')) }
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error
    return { problem: fail(`ERR Error compiling script (new function): ${error.text}`) }
  }
}

const INT64 = 2 ** 63
const DEPTH = 64
/** Items of one reply: tables may hold themselves. */
const ITEMS = 200_000

/** RESP from what a script returns: numbers lose their fraction, tables end at the first nil. */
function replyOf(value: Value, left = { items: ITEMS }, depth = 0): Reply {
  left.items -= 1
  if (typeof value === 'string') return bulk(value)
  if (typeof value === 'number')
    return Number.isFinite(value) && Math.abs(value) < INT64
      ? integer(Math.trunc(value))
      : { type: 'raw', value: Buffer.from(':-9223372036854775808\r\n') }
  if (value === true) return integer(1)
  if (!(value instanceof Table)) return nil
  if (depth > DEPTH || left.items < 0) return fail('ERR reached lua stack limit')
  const [error, status] = [value.get('err'), value.get('ok')]
  if (typeof error === 'string') return fail(error)
  if (typeof status === 'string') return simple(status.replace(/[\r\n]/gu, ' '))
  return array(value.items().map((item) => replyOf(item, left, depth + 1)))
}

const single = (field: 'ok' | 'err', text: string): Table => {
  const table = new Table()
  table.set(field, text)
  return table
}

/** What a script sees of a reply, as RESP2 has it. */
function luaOf(reply: Reply): Value {
  switch (reply.type) {
    case 'simple':
      return single('ok', reply.text)
    case 'error':
      return single('err', reply.text)
    case 'integer':
      return reply.value
    case 'double':
      return reply.text
    case 'bulk':
    case 'verbatim':
      return reply.value.toString('latin1')
    case 'raw':
      return reply.value.toString('latin1')
    case 'nil':
    case 'nil-array':
      return false
    case 'array':
    case 'set':
    case 'push':
      return Table.of(reply.items.map(luaOf))
    case 'map':
      return Table.of(reply.pairs.flatMap(([key, value]) => [luaOf(key), luaOf(value)]))
    case 'many':
      return Table.of(reply.replies.map(luaOf))
  }
}

/** A command on behalf of a script; errors in the words that scripts get. */
function command(call: Call, args: readonly Value[], run: Run, readOnly: boolean): Reply {
  const seven = call.instance.major >= 7
  const from = seven ? 'from script' : 'from Lua script'
  if (args.length === 0)
    return fail(`${seven ? 'ERR ' : ''}Please specify at least one argument for ${seven ? 'this redis lib call' : 'redis.call()'}`)
  const words: Buffer[] = []
  for (const arg of args) {
    if (typeof arg !== 'string' && typeof arg !== 'number')
      return fail(`${seven ? 'ERR ' : ''}Lua redis${seven ? ' lib' : '()'} command arguments must be strings or integers`)
    words.push(Buffer.from(typeof arg === 'number' ? formatNumber(arg, 17) : arg, 'latin1'))
  }
  const name = words[0]?.toString('latin1').toLowerCase() ?? ''
  const { commands } = call.instance
  const entry = commands.get(`${name}|${words[1]?.toString('latin1').toLowerCase() ?? ''}`) ?? commands.get(name)
  if (entry === undefined) return fail(`${seven ? 'ERR ' : ''}Unknown Redis command called ${from}`)
  if (entry.arity > 0 ? words.length !== entry.arity : words.length < -entry.arity)
    return fail(`${seven ? 'ERR ' : ''}Wrong number of args calling Redis command ${from}`)
  if (entry.flags.includes('noscript'))
    return fail(`${seven ? 'ERR ' : ''}This Redis command is not allowed from ${seven ? 'script' : 'scripts'}`)
  if (readOnly && entry.flags.includes('write')) return fail('ERR Write commands are not allowed from read-only scripts.')
  return run(words)
}

const CONSTANTS: Readonly<Record<string, Value>> = {
  LOG_DEBUG: 0,
  LOG_VERBOSE: 1,
  LOG_NOTICE: 2,
  LOG_WARNING: 3,
  REPL_NONE: 0,
  REPL_AOF: 1,
  REPL_SLAVE: 2,
  REPL_REPLICA: 2,
  REPL_ALL: 3,
}

function redisLibrary(call: Call, run: Run, readOnly: boolean): Table {
  const [major = 7, minor = 0, patch = 0] = call.instance.version.split('.').map(Number)
  const tried = (args: readonly Value[], line: number): Reply => {
    const reply = command(call, args, run, readOnly)
    if (reply.type !== 'error' || major >= 7) return reply
    return fail(`@user_script: ${line}: ${reply.text}`)
  }
  const made = library(
    {
      call({ all }, line) {
        const reply = tried(all, line)
        if (reply.type === 'error') throw new LuaError(single('err', reply.text), line)
        return luaOf(reply)
      },
      pcall: ({ all }, line) => luaOf(tried(all, line)),
      sha1hex: (args) => shaOf(Buffer.from(args.text(0), 'latin1')),
      error_reply: (args) => single('err', args.text(0)),
      status_reply: (args) => single('ok', args.text(0)),
      log: () => [],
      setresp: () => [],
      set_repl: () => [],
      replicate_commands: () => true,
      breakpoint: () => false,
      debug: () => [],
    },
    { ...CONSTANTS, ...(major >= 7 && { REDIS_VERSION: call.instance.version, REDIS_VERSION_NUM: (major << 16) | (minor << 8) | patch }) },
  )
  if (major >= 7) {
    made.set(
      'acl_check_cmd',
      callable('acl_check_cmd', () => true),
    )
  }
  return made
}

/** What the server makes of an error that reached the top. */
function uncaught({ value, line }: LuaError, sha: string, major: number): Reply {
  const given = value instanceof Table ? value.get('err') : undefined
  const text = typeof given === 'string' ? given : typeof value === 'string' ? value : 'unknown error'
  if (major >= 7) return fail(`${typeof given === 'string' ? given : `ERR ${text}`} script: ${sha}, on @user_script:${line}.`)
  const strict = text.includes('nonexistent global variable')
  const where = typeof given === 'string' ? '' : strict ? '@enable_strict_lua:15: ' : `@user_script:${line}: `
  return fail(`ERR Error running script (call to f_${sha}): ${where}${text}${strict ? ' ' : ''}`)
}

/** Runs a script with its keys and arguments. Never throws; bounded in steps and memory. */
export function runScript(call: Call, { sha, chunk }: Script, keys: number, run: Run, readOnly: boolean): Reply {
  const machine: Interpreter[] = []
  const running = (): Interpreter => {
    const [found] = machine
    if (found === undefined) throw new LuaError('not running', 1)
    return found
  }
  const { globals, strings } = globalsOf(running, call.around.random)
  const given = call.words.slice(3).map((word) => word.toString('latin1'))
  globals.set('redis', redisLibrary(call, run, readOnly))
  globals.set('KEYS', Table.of(given.slice(0, keys)))
  globals.set('ARGV', Table.of(given.slice(keys)))
  machine.push(new Interpreter(globals, strings))
  try {
    return replyOf(running().run(chunk)[0])
  } catch (error) {
    if (error instanceof LuaError) return uncaught(error, sha, call.instance.major)
    throw error
  }
}
