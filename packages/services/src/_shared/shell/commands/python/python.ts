import type { Call, Programs } from '../../interpreter/call.ts'
import { readAll, readLine, toBytes, toText } from '../../interpreter/streams.ts'
import { Interpreter } from './evaluate.ts'
import { PYTHON } from './library.ts'
import { PythonSyntaxError, parse, Unspoken } from './parse.ts'
import { Exited, Raised, repr } from './values.ts'

const SOURCE_MAX = 262_144

/** Runs a source; the status that the interpreter leaves with, null where it goes on. `echo`: a person sees values. */
async function run(call: Call, interpreter: Interpreter, source: string, name: string, echo: boolean): Promise<number | null> {
  const shown = (line: number): string => (name.startsWith('<') ? '' : `    ${(source.split('\n')[line - 1] ?? '').trim()}\n`)
  try {
    const value = await interpreter.run(parse(source))
    if (echo && value !== undefined && value !== null) await call.out(`${repr(value)}\n`)
    return null
  } catch (error) {
    if (error instanceof Exited) return error.status
    if (error instanceof PythonSyntaxError) {
      const line = source.split('\n')[error.line - 1] ?? ''
      const indent = line.length - line.trimStart().length
      await call.err(
        `  File "${name}", line ${error.line}\n    ${line.trim()}\n    ${' '.repeat(Math.max(0, error.column - indent))}${'^'.repeat(error.message.startsWith('Missing paren') ? Math.max(1, line.trimEnd().length - error.column) : 1)}\n${error.message === 'unexpected indent' ? 'IndentationError' : 'SyntaxError'}: ${error.message}\n`,
      )
      return 1
    }
    const raised = error instanceof Raised ? error : error instanceof Unspoken ? new Raised('MemoryError', '') : null
    if (raised === null) throw error
    await call.err(
      `Traceback (most recent call last):\n  File "${name}", line ${interpreter.line}, in <module>\n${shown(interpreter.line)}${raised.type}${raised.message === '' ? '' : `: ${raised.message}`}\n`,
    )
    return 1
  }
}

async function person(call: Call, interpreter: Interpreter): Promise<number> {
  const { version, built, compiler } = PYTHON[call.machine.persona.os.distro]
  await call.out(
    `Python ${version} (${built}) [${compiler}] on linux\nType "help", "copyright", "credits" or "license" for more information.\n`,
  )
  for (;;) {
    await call.out('>>> ')
    const line = await readLine(call.stdin)
    if (line === '') return await call.out('\n').then(() => 0)
    if (line.trim() === '') continue
    call.session.observer.command(toBytes(line.trimEnd()), { cwd: toBytes(call.state.cwd), user: call.state.user.name })
    if (/^(exit|quit)$/.test(line.trim())) {
      await call.out(`Use ${line.trim()}() or Ctrl-D (i.e. EOF) to exit\n`)
      continue
    }
    interpreter.line = 1
    const status = await run(call, interpreter, line.trimEnd(), '<stdin>', true)
    if (status !== null && /^\s*(?:(?:exit|quit)\s*\(|.*(?:sys\.exit|os\._exit|os\.exec))/.test(line)) return status
  }
}

async function python(call: Call): Promise<number> {
  const interpreter = new Interpreter(call)
  const args = [...call.args]
  while (args[0]?.startsWith('-') === true && args[0] !== '-') {
    const arg = args.shift() ?? ''
    if (arg === '-V' || arg === '--version')
      return await call.out(`Python ${PYTHON[call.machine.persona.os.distro].version}\n`).then(() => 0)
    if (arg === '-m') return await call.err(`/usr/bin/python3: No module named ${args[0] ?? ''}\n`).then(() => 1)
    if (arg === '-W' || arg === '-X') args.shift()
    if (/^-[a-zA-Z]*c/.test(arg)) {
      const source = arg.replace(/^-[a-zA-Z]*?c/, '') || args.shift()
      if (source === undefined)
        return await call
          .err(
            "Argument expected for the -c option\nusage: python3 [option] ... [-c cmd | -m mod | file | -] [arg] ...\nTry `python -h' for more information.\n",
          )
          .then(() => 2)
      wishes(call, source)
      return (await run(call, interpreter, source.slice(0, SOURCE_MAX), '<string>', false)) ?? 0
    }
  }
  const path = args[0]
  if (path === undefined || path === '-') {
    if (call.stdin.tty) return await person(call, interpreter)
    const source = toText(await readAll(call.stdin, SOURCE_MAX))
    wishes(call, source)
    return (await run(call, interpreter, source, '<stdin>', false)) ?? 0
  }
  const source = await call.attempt<string | null>(
    () => toText(call.fs.read(call.path(path), call.as).subarray(0, SOURCE_MAX)),
    async (reason, error) => {
      await call.err(`${call.name}: can't open file '${call.path(path)}': [Errno ${error.code === 'ENOENT' ? 2 : 13}] ${reason}\n`)
      return null
    },
  )
  if (source === null) return 2
  await call.sleep(40)
  return (await run(call, interpreter, source.replace(/^#![^\n]*/, ''), call.path(path), false)) ?? 0
}
/** What the source would fetch is kept, whether or not it runs so far. */
function wishes(call: Call, source: string): void {
  for (const [url] of source.slice(0, SOURCE_MAX).matchAll(/\b(?:https?|ftp):\/\/[^\s"'<>)]{1,2000}/g)) {
    if (/urlopen|urlretrieve|requests|urllib|http\.client/.test(source)) call.session.observer.download(toBytes(url), 'python3')
  }
}
export const pythonProgram: Programs = { python3: python, python, 'python3.11': python, 'python3.10': python, 'python3.12': python }
