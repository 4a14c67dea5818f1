import { createHash } from 'node:crypto'
import type { Call, Handler } from '../instance.ts'
import { array, bulk, fail, integer, nil, ok, type Reply } from '../reply.ts'
import { NOT_INTEGER, parseInteger } from './shared.ts'

const SCRIPTS = 200
const GLOBALS =
  /^(redis|KEYS|ARGV|string|table|math|tonumber|tostring|type|pairs|ipairs|next|unpack|cjson|cmsgpack|struct|bit|pcall|error|assert|select|local|return|if|then|else|elseif|end|for|in|do|while|repeat|until|function|nil|true|false|and|or|not|break)$/u

type Run = (words: readonly Buffer[]) => Reply

/** Words of Lua that stand alone and are looked up as globals; strings and fields left out. */
function strangeGlobal(script: string): string | null {
  const bare = script.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|--[^\n]*/gu, ' "" ')
  const locals = new Set(
    [...bare.matchAll(/\blocal\s+(?:function\s+)?([A-Za-z_][\w, ]*)|\bfor\s+([A-Za-z_][\w, ]*)/gu)].flatMap((match) =>
      (match[1] ?? match[2] ?? '').split(/[\s,]+/u),
    ),
  )
  for (const match of bare.matchAll(/(?<![.:\w])([A-Za-z_]\w*)/gu)) {
    const name = match[1] ?? ''
    if (!GLOBALS.test(name) && !locals.has(name)) return name
  }
  return null
}

function literal(call: Call, text: string, offset: number): Reply | null {
  const quotedText = /^(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')$/su.exec(text)
  if (quotedText) return bulk(quotedText[1] ?? quotedText[2] ?? '')
  if (/^-?\d+(\.\d+)?$/u.test(text)) return integer(Math.trunc(Number(text)))
  if (text === 'nil' || text === 'false') return nil
  if (text === 'true') return integer(1)
  const indexed = /^(KEYS|ARGV)\[(\d{1,4})\]$/u.exec(text)
  if (indexed) {
    const count = parseInteger(call.text(2)) ?? 0
    const word = call.words[offset + (indexed[1] === 'ARGV' ? count : 0) + Number(indexed[2]) - 1]
    return word ? bulk(word) : nil
  }
  return null
}

/** Comma list outside quotes and braces, not nested deeper than one table. */
const split = (text: string): string[] =>
  [...text.matchAll(/(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\[[^\]]*\]|[^,])+/gu)].map((match) => match[0].trim())

/** What a script returns, for the few shapes that scanners send; anything else that compiles returns nil. */
function evaluate(call: Call, source: string, run: Run): Reply {
  const sha = createHash('sha1').update(source, 'latin1').digest('hex')
  const major7 = call.instance.major >= 7
  const strange = strangeGlobal(source)
  if (!/\b(return|local|redis|for|if|while|do)\b/u.test(source) && source.trim() !== '') {
    const compile = `user_script:1: '=' expected near '<eof>'`
    return fail(major7 ? `ERR Error compiling script (new function): ${compile}` : `ERR Error compiling script (new function): ${compile}`)
  }
  if (strange !== null) {
    const what = `user_script:1: Script attempted to access nonexistent global variable '${strange}'`
    return fail(
      major7
        ? `ERR ${what} script: ${sha}, on @user_script:1.`
        : `ERR Error running script (call to f_${sha}): @enable_strict_lua:15: ${what} `,
    )
  }
  const expression = /^\s*return\s+([\s\S]*?);?\s*$/u.exec(source)?.[1]
  if (expression === undefined || /\b(local|for|if)\b/u.test(expression)) return nil
  const table = /^\{([\s\S]*)\}$/u.exec(expression)
  if (table) {
    const items = split(table[1] ?? '').map((item) => literal(call, item, 3))
    const end = items.findIndex((item) => item === null || item.type === 'nil')
    return array((end < 0 ? items : items.slice(0, end)).flatMap((item) => item ?? []))
  }
  const called = /^redis\.p?call\(([\s\S]*)\)$/u.exec(expression)
  if (called) {
    const words = split(called[1] ?? '').map((item) => literal(call, item, 3))
    const bytes = words.flatMap((word) =>
      word?.type === 'bulk' ? [word.value] : word?.type === 'integer' ? [Buffer.from(String(word.value))] : [],
    )
    return bytes.length > 0 ? run(bytes) : nil
  }
  return literal(call, expression, 3) ?? nil
}

function keysProblem(call: Call): Reply | null {
  const count = parseInteger(call.text(2))
  if (count === null) return fail(NOT_INTEGER)
  if (count > call.words.length - 3) return fail("ERR Number of keys can't be greater than number of args")
  if (count < 0) return fail("ERR Number of keys can't be negative")
  return null
}

/** EVAL and its kin; `run` executes a command on behalf of a script. */
export function scripting(run: (call: Call, words: readonly Buffer[]) => Reply): Readonly<Record<string, Handler>> {
  const remember = (call: Call, source: Buffer): string => {
    const sha = createHash('sha1').update(source).digest('hex')
    if (call.instance.scripts.size < SCRIPTS && source.length < 65_536) call.instance.scripts.set(sha, source)
    return sha
  }
  const evalScript: Handler = (call) => {
    const problem = keysProblem(call)
    if (problem) return problem
    const answer = evaluate(call, call.text(1).slice(0, 65_536), (words) => run(call, words))
    if (answer.type !== 'error') remember(call, call.words[1] ?? Buffer.alloc(0))
    return answer
  }
  const evalSha: Handler = (call) => {
    const problem = keysProblem(call)
    if (problem) return problem
    const source = call.instance.scripts.get(call.text(1).toLowerCase())
    if (!source) return fail('NOSCRIPT No matching script. Please use EVAL.')
    return evaluate(call, source.toString('latin1'), (words) => run(call, words))
  }
  return {
    eval: evalScript,
    eval_ro: evalScript,
    evalsha: evalSha,
    evalsha_ro: evalSha,
    'script|load': (call) => bulk(remember(call, call.words[2] ?? Buffer.alloc(0))),
    'script|exists': (call) =>
      array(call.words.slice(2).map((word) => integer(call.instance.scripts.has(word.toString('latin1').toLowerCase()) ? 1 : 0))),
    'script|flush': (call) => {
      call.instance.scripts.clear()
      return ok
    },
    'script|kill': () => fail('NOTBUSY No scripts in execution right now.'),
    'function|list': () => array([]),
    'function|flush': () => ok,
    fcall: () => fail('ERR Function not found'),
    fcall_ro: () => fail('ERR Function not found'),
  }
}
