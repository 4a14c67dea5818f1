import type { Call, Handler } from '../instance.ts'
import { globMatch } from '../keyspace.ts'
import { bulk, fail, help, map, ok, type Reply } from '../reply.ts'
import { checkSetting, storeSetting } from '../settings.ts'

function get(call: Call): Reply {
  const patterns = call.words.slice(2).map((word) => word.toString('latin1').toLowerCase())
  const found = [...call.instance.settings.values].filter(([name]) => patterns.some((pattern) => globMatch(pattern, name)))
  return map(found.map(([name, value]) => [bulk(name), bulk(value)] as const))
}

/** 7.0 takes several pairs and changes all or none; 6.0 one, and words its errors otherwise. */
function set(call: Call): Reply {
  const { instance } = call
  if (call.words.length % 2 !== 0)
    return fail(
      instance.major >= 7
        ? "ERR wrong number of arguments for 'config|set' command"
        : "ERR Unknown subcommand or wrong number of arguments for 'SET'. Try CONFIG HELP.",
    )
  const changes: [string, string][] = []
  for (let at = 2; at < call.words.length; at += 2) {
    const [name, value] = [call.text(at).toLowerCase(), call.text(at + 1)]
    if (!instance.settings.values.has(name))
      return fail(
        instance.major >= 7
          ? `ERR Unknown option or number of arguments for CONFIG SET - '${call.text(at)}'`
          : `ERR Unsupported CONFIG parameter: ${call.text(at)}`,
      )
    const checked = checkSetting(instance.settings, name, value, instance.protectedConfigs && instance.major >= 7)
    const problem = 'problem' in checked ? checked.problem : name === 'dir' ? call.around.enter(value) : null
    if (problem !== null) return fail(refusal(call, name, value, problem))
    if ('value' in checked) changes.push([name, checked.value])
  }
  for (const [name, value] of changes) storeSetting(instance.settings, name, value)
  return ok
}

function refusal(call: Call, name: string, value: string, problem: string): string {
  if (call.instance.major >= 7) return `ERR CONFIG SET failed (possibly related to argument '${name}') - ${problem}`
  if (problem === "can't set immutable config") return `ERR Unsupported CONFIG parameter: ${name}`
  if (name === 'dir') return `ERR Changing directory: ${problem}`
  return `ERR Invalid argument '${value}' for CONFIG SET '${name}' - ${problem}`
}

const helpLines = [
  'CONFIG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:',
  'GET <pattern>',
  '    Return parameters matching the glob-like <pattern> and their values.',
  'SET <directive> <value>',
  '    Set the configuration <directive> to <value>.',
  'RESETSTAT',
  '    Reset statistics reported by the INFO command.',
  'REWRITE',
  '    Rewrite the configuration file.',
  'HELP',
  '    Prints this help.',
]

/** CONFIG. */
export const configuration: Readonly<Record<string, Handler>> = {
  'config|get': get,
  'config|set': set,
  'config|resetstat': ({ instance }) => {
    Object.assign(instance.stats, { connections: 0, commands: 0, bytesIn: 0, bytesOut: 0, hits: 0, misses: 0, errors: 0 })
    return ok
  },
  'config|rewrite': () => ok,
  'config|help': () => help(helpLines),
}
