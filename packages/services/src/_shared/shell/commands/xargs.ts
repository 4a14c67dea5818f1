import type { Call, Programs } from '../interpreter/call.ts'
import { readAll, toText } from '../interpreter/streams.ts'
import { runOther } from './shells.ts'

async function xargs(call: Call): Promise<number> {
  const args = [...call.args]
  let each = Number.POSITIVE_INFINITY
  let replace: string | null = null
  let nul = false
  let skipEmpty = false
  let delimiter: string | null = null
  while (args[0]?.startsWith('-') === true) {
    const arg = args.shift() ?? ''
    const value = (): string => arg.slice(2) || (args.shift() ?? '')
    if (arg.startsWith('-n')) each = Number(value())
    else if (arg.startsWith('-I')) replace = value()
    else if (arg.startsWith('-i')) replace = arg.slice(2) || '{}'
    else if (arg.startsWith('-d')) delimiter = value().replace('\\n', '\n')
    else if (arg.startsWith('-P') || arg.startsWith('-L') || arg.startsWith('-s') || arg.startsWith('-a')) value()
    else if (arg === '-0' || arg === '--null') nul = true
    else if (arg === '-r' || arg === '--no-run-if-empty') skipEmpty = true
  }
  const text = toText(await readAll(call.stdin, 4_194_304))
  const items = nul
    ? text.split('\0').filter((item) => item !== '')
    : delimiter !== null
      ? text.replace(/\n$/, '').split(delimiter)
      : replace !== null
        ? text.split('\n').filter((line) => line.trim() !== '')
        : (text.match(/(?:"[^"]*"|'[^']*'|\\.|[^\s"'\\])+/g) ?? []).map((item) => item.replace(/"([^"]*)"|'([^']*)'|\\(.)/g, '$1$2$3'))
  const [name = 'echo', ...fixed] = args
  if (items.length === 0 && (skipEmpty || replace !== null)) return 0
  let status = 0
  const run = async (more: readonly string[]): Promise<void> => {
    const code =
      replace === null
        ? await runOther(call, name, [...fixed, ...more], missing)
        : await runOther(
            call,
            name,
            fixed.map((one) => one.replaceAll(replace ?? '{}', more[0] ?? '')),
            missing,
          )
    if (code === 127) status = 127
    else if (code !== 0) status = 123
  }
  const missing = (one: string): string => `xargs: ${one}: No such file or directory\n`
  const size = replace === null ? Math.max(1, Math.min(each, 5000)) : 1
  for (let i = 0; i < Math.max(1, items.length); i += size) await run(items.slice(i, i + size))
  return status
}
export const batching: Programs = { xargs }
