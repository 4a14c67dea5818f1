import type { Call, Programs } from '../../interpreter/call.ts'
import { openOutput } from '../../interpreter/files.ts'
import { readAll, toBytes, toText } from '../../interpreter/streams.ts'
import { operand } from '../reading.ts'
import { Editor } from './editor.ts'
import { type Instruction, SedParser, SedProblem } from './parse.ts'

async function sed(call: Call): Promise<number> {
  const scripts: string[] = []
  const paths: string[] = []
  let quiet = false
  let extended = false
  let inPlace: string | null = null
  const args = [...call.args]
  for (let arg = args.shift(); arg !== undefined; arg = args.shift()) {
    if (arg === '--') {
      paths.push(...args)
      break
    }
    if (arg === '--version') return await call.out('sed (GNU sed) 4.9\n').then(() => 0)
    if (arg.startsWith('--')) {
      if (arg === '--quiet' || arg === '--silent') quiet = true
      else if (arg === '--regexp-extended') extended = true
      else if (arg.startsWith('--in-place')) inPlace = arg.slice(11)
      else if (arg.startsWith('--expression=')) scripts.push(arg.slice(13))
      continue
    }
    if (!arg.startsWith('-') || arg === '-') {
      paths.push(arg)
      continue
    }
    for (let i = 1; i < arg.length; i++) {
      const letter = arg[i]
      if (letter === 'n') quiet = true
      else if (letter === 'r' || letter === 'E') extended = true
      else if (letter === 'i') {
        inPlace = arg.slice(i + 1)
        break
      } else if (letter === 'e') {
        scripts.push(arg.slice(i + 1) || (args.shift() ?? ''))
        break
      } else if (letter !== 's' && letter !== 'z' && letter !== 'u') return await call.fail(`invalid option -- '${letter}'`)
    }
  }
  if (scripts.length === 0) {
    const script = paths.shift()
    if (script === undefined) {
      await call.err(
        'Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n\n  -n, --quiet, --silent\n                 suppress automatic printing of pattern space\n',
      )
      return 1
    }
    scripts.push(script)
  }
  try {
    return await edit(call, new SedParser(scripts.join('\n'), extended).program(), paths, { quiet, inPlace })
  } catch (error) {
    if (error instanceof SedProblem) return await call.fail(error.message)
    throw error
  }
}

async function edit(
  call: Call,
  program: readonly Instruction[],
  paths: readonly string[],
  options: { readonly quiet: boolean; readonly inPlace: string | null },
): Promise<number> {
  let status = 0
  const texts: { readonly path: string; readonly text: string }[] = []
  for (const path of paths.length === 0 ? ['-'] : paths) {
    const input = await operand(call, path, (reason) =>
      reason === 'Is a directory'
        ? options.inPlace === null
          ? `couldn't read ${path}: ${reason}`
          : `couldn't edit ${path}: not a regular file`
        : `can't read ${path}: ${reason}`,
    )
    if (input === null) status = 2
    else texts.push({ path, text: toText(await readAll(input)) })
  }
  const split = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))
  if (options.inPlace === null) {
    const whole = texts.map(({ text }) => text).join('')
    const editor = new Editor(call, program, split(whole), options.quiet, buffered(call, whole))
    await editor.run()
    return status === 0 ? editor.status : status
  }
  for (const { path, text } of texts) {
    let out = ''
    const editor = new Editor(call, program, split(text), options.quiet, (made) => {
      if (out.length < 67_108_864) out += made
      return Promise.resolve()
    })
    await editor.run()
    const failed = await call.attempt(
      async () => {
        const { output } = openOutput(call.state, path)
        await output?.write(toBytes(text.endsWith('\n') ? out : out.replace(/\n$/, '')))
        output?.close()
        return null
      },
      (reason) => reason,
    )
    if (failed !== null) status = await call.fail(`couldn't open temporary file ./sed${path}: ${failed}`, 4)
  }
  return status
}
/** Holds the last line end back where the input had none. */
function buffered(call: Call, whole: string): (text: string) => Promise<void> {
  if (whole.endsWith('\n') || whole === '') return (text) => call.out(text)
  let held = ''
  return async (text) => {
    await call.out(held)
    held = text.endsWith('\n') ? '\n' : ''
    await call.out(text.replace(/\n$/, ''))
  }
}
export const sedProgram: Programs = { sed }
