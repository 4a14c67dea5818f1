import type { Call, Programs } from '../../interpreter/call.ts'
import { decodeEscapes } from '../../parser/escapes.ts'
import { parseAwk } from './parse.ts'
import { Awk } from './run.ts'
import { AwkProblem } from './tokens.ts'

async function awk(call: Call): Promise<number> {
  const args = [...call.args]
  const sets: [string, string][] = []
  let source: string | null = null
  while (args[0]?.startsWith('-') === true && args[0] !== '-') {
    const arg = args.shift() ?? ''
    if (arg === '--') break
    const value = (): string => arg.slice(2) || (args.shift() ?? '')
    if (arg.startsWith('-F'))
      sets.push(['FS', decodeEscapes(value(), { octal: 'plain', quotes: false, control: false, stop: false }).text.replace(/^t$/, '\t')])
    else if (arg.startsWith('-v')) {
      const [name = '', ...rest] = value().split('=')
      sets.push([name, decodeEscapes(rest.join('='), { octal: 'plain', quotes: false, control: false, stop: false }).text])
    } else if (arg.startsWith('-f')) {
      const path = value()
      source = await call.attempt<string | null>(
        () => call.fs.read(call.path(path), call.as).toString('latin1'),
        () => null,
      )
      if (source === null) return await call.fail(`cannot open ${path} (No such file or directory)`, 2)
    } else if (arg === '-W' || arg === '--version')
      return await call
        .out('mawk 1.3.4 20200120\nCopyright 2008-2019,2020, Thomas E. Dickey\nCopyright 1991-1996,2014, Michael D. Brennan\n')
        .then(() => 0)
  }
  source ??= args.shift() ?? null
  if (source === null) {
    await call.err(
      'usage: mawk [Options] [Program] [file ...]\n\nProgram:\n    The -f option value is the name of a file containing program text.\n',
    )
    return 2
  }
  try {
    const machine = new Awk(call, parseAwk(source))
    for (const [name, value] of sets) machine.set(name, value)
    await machine.run(args)
    await machine.drain()
    return machine.status
  } catch (error) {
    if (!(error instanceof AwkProblem)) throw error
    await call.err(`awk: ${error.message}\n`)
    return 2
  }
}
export const awkProgram: Programs = { awk, mawk: awk, gawk: awk, nawk: awk }
