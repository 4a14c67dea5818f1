import { percentDecoded } from './decode.ts'
import { jsonPairs } from './json-pairs.ts'
import { readShell } from './shell-reader.ts'

/** A request as a web application comes to see it. */
export interface RequestText {
  /** Decoded twice. */
  readonly url: string
  readonly path: string
  readonly query: string
  /** `name=value` of query and form, each decoded twice. */
  readonly params: readonly string[]
  readonly bodyDecoded: string
  /** Commands around a shell's separator (`;`, `|`, `&&`, backtick, `$(`) in a parameter or a text of JSON, behind one elsewhere, or in one named for them. */
  readonly injected: readonly string[]
}

/** More is not looked at; an item has less. */
const CHARACTERS = 33_792
const PARAMS = 200
const INJECTED = 32
const PARAM_CHARACTERS = 8_192

/** Parameters that web shells and debug pages run. */
const RUNS =
  /^(?:c|cmds?|commands?|command_?line|cmd_?line|exec|execute|run|run_?cmd|run_?command|system|shell|script|entrypoint|args?|ping|code|do|call|host|ip|cli)$/iu
const SEPARATED = /[;|&`\n]|\$\(/u

const twice = (text: string): string => percentDecoded(percentDecoded(text.slice(0, CHARACTERS)))
const spaced = (text: string): string => twice(text.replaceAll('+', ' '))

function splitParams(text: string): string[] {
  return text === '' ? [] : text.slice(0, CHARACTERS).split('&', PARAMS).map(spaced)
}

function injectedIn(params: readonly string[], others: readonly string[]): string[] {
  const found = new Set<string>()
  const add = (text: string) => {
    for (const { words, redirections } of readShell(text.slice(0, PARAM_CHARACTERS)).flat()) {
      const command = [...words, ...redirections].join(' ')
      if (command !== '' && found.size < INJECTED) found.add(command)
    }
  }
  for (const param of params) {
    const equals = param.indexOf('=')
    const value = param.slice(equals + 1)
    const runs = equals > 0 && RUNS.test(param.slice(0, equals))
    if (found.size < INJECTED && (runs || SEPARATED.test(value))) add(value)
  }
  for (const other of others) {
    const separator = SEPARATED.exec(other)
    if (found.size < INJECTED && separator) add(other.slice(separator.index + separator[0].length))
  }
  return [...found]
}

/** Takes encodings off a request. `form`: the body holds `name=value` pairs. Never throws, bounded. */
export function readRequest(rawUrl: string, body: string, form: boolean): RequestText {
  const raw = rawUrl.slice(0, CHARACTERS)
  const mark = raw.indexOf('?')
  const [rawPath, rawQuery] = mark < 0 ? [raw, ''] : [raw.slice(0, mark), raw.slice(mark + 1)]
  const path = twice(rawPath)
  const params = splitParams(rawQuery)
  if (form && params.length < PARAMS) params.push(...splitParams(body))
  const json = form ? [] : jsonPairs(body.slice(0, CHARACTERS))
  const bodyDecoded = form ? spaced(body) : body.slice(0, CHARACTERS)
  const query = spaced(rawQuery)
  return {
    url: mark < 0 ? path : `${path}?${query}`,
    path,
    query,
    params,
    bodyDecoded,
    injected: injectedIn([...params, ...json.map(twice)], [path, ...(form ? [] : [bodyDecoded])]),
  }
}
