import type { Call, Handler } from '../instance.ts'
import { compile, runScript, shaOf } from '../lua/script.ts'
import { array, bulk, fail, integer, ok, type Reply } from '../reply.ts'
import { NOT_INTEGER, parseInteger } from './shared.ts'

const SCRIPTS = 200
const SOURCE = 65_536

/** The number of keys, or what is wrong with it. */
function keysOf(call: Call): number | { readonly problem: Reply } {
  const count = parseInteger(call.text(2))
  if (count === null) return { problem: fail(NOT_INTEGER) }
  if (count > call.words.length - 3) return { problem: fail("ERR Number of keys can't be greater than number of args") }
  if (count < 0) return { problem: fail("ERR Number of keys can't be negative") }
  return count
}

/** EVAL and its kin; `run` executes a command on behalf of a script. */
export function scripting(run: (call: Call, words: readonly Buffer[]) => Reply): Readonly<Record<string, Handler>> {
  function evaluate(call: Call, source: Buffer, readOnly: boolean): Reply {
    const keys = keysOf(call)
    if (typeof keys !== 'number') return keys.problem
    const script = compile(source.subarray(0, SOURCE))
    if ('problem' in script) return script.problem
    remember(call, source)
    return runScript(call, script, keys, (words) => run(call, words), readOnly)
  }
  function remember(call: Call, source: Buffer): string {
    const sha = shaOf(source)
    if (call.instance.scripts.size < SCRIPTS && source.length <= SOURCE) call.instance.scripts.set(sha, source)
    return sha
  }
  const evalScript =
    (readOnly: boolean): Handler =>
    (call) =>
      evaluate(call, call.words[1] ?? Buffer.alloc(0), readOnly)
  const evalSha =
    (readOnly: boolean): Handler =>
    (call) => {
      const keys = keysOf(call)
      if (typeof keys !== 'number') return keys.problem
      const source = call.instance.scripts.get(call.text(1).toLowerCase())
      return source === undefined ? fail('NOSCRIPT No matching script. Please use EVAL.') : evaluate(call, source, readOnly)
    }
  return {
    eval: evalScript(false),
    eval_ro: evalScript(true),
    evalsha: evalSha(false),
    evalsha_ro: evalSha(true),
    'script|load'(call) {
      const source = call.words[2] ?? Buffer.alloc(0)
      const script = compile(source.subarray(0, SOURCE))
      return 'problem' in script ? script.problem : bulk(remember(call, source))
    },
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
