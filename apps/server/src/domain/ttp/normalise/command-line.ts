import { decodedIn } from './decode.ts'
import { fedToShell } from './fed-to-shell.ts'
import { fileFoundBy } from './file-found-by.ts'
import type { Pipeline, SimpleCommand } from './pipeline.ts'
import { isShell, programOf, wrapped } from './program.ts'
import { runByXargs } from './run-by-xargs.ts'
import { readShell } from './shell-reader.ts'
import { unescaped } from './unescaped.ts'

/** What a line comes to once its disguises are taken off. */
export interface CommandLine {
  /** The whole line: one space between words, no quotes, pipes and `;` kept; what `sh -c` and decoded payloads hold comes behind it. */
  readonly line: string
  /** Each simple command, its program without folder; wrapped ones (`sudo`, `xargs`, `sh -c`) once with the wrapper and once without. */
  readonly commands: readonly string[]
  /** First word of each simple command, without folder. */
  readonly programs: readonly string[]
  /** First word of each simple command, as written. */
  readonly argv0: readonly string[]
  /** Programs of each pipeline of two or more: `curl|sh`. */
  readonly pipelines: readonly string[]
  /** Files that output is redirected to, or that `tee` writes. */
  readonly writes: readonly string[]
  /** `NAME=value` before a command, and what `export` sets. */
  readonly settings: readonly string[]
  /** Payloads that stood there in base64, hexadecimal digits or escapes. */
  readonly decoded: readonly string[]
}

/** A longer line is not looked at beyond. */
const LINE_CHARACTERS = 40_960
const LEVELS = 3
const TEXTS = 16
const COMMANDS = 256

const SHELL_OPTION = /^-[a-z]*c[a-z]*$/u

const INTERPRETER = /^(?:python[\d.]*|perl|php[\d.]*|ruby|node|lua|[gm]?awk)$/u
/** `os.system('…')`, `exec "…"`, `popen(…)` in a script of one line. */
const RUN_BY_SCRIPT =
  /\b(?:system|popen|exec|execSync|shell_exec|passthru|spawn|getoutput|check_output|check_call|call|run)\s{0,4}\(?\s{0,4}(?:"((?:[^"\\]|\\.){1,2000})"|'((?:[^'\\]|\\.){1,2000})')/gu

/** What a script that stands on the command line runs by the shell. */
function runByScript(words: readonly string[]): string | null {
  const found = words
    .slice(1)
    .values()
    .flatMap((word) => word.matchAll(RUN_BY_SCRIPT).take(TEXTS))
    .take(COMMANDS)
    .map(([, double, single]) => unescaped(double ?? single ?? ''))
    .toArray()
  return found.length === 0 ? null : found.join(' ; ')
}

const SSH_TAKES = /^-[BbcDEeFIiJLlmOopQRSWw]$/u
const THIS_HOST = /^(?:[^@]{1,64}@)?(?:localhost|127(?:\.\d{1,3}){3}|::1)$/iu

/** What `ssh` runs on the very host that it is called on. */
function toThisHost(words: readonly string[]): string | null {
  let at = 1
  while ((words[at] ?? '').startsWith('-')) at += SSH_TAKES.test(words[at] ?? '') ? 2 : 1
  return THIS_HOST.test(words[at] ?? '') && words.length > at + 1 ? words.slice(at + 1).join(' ') : null
}

/** The text that a command gives to a shell. */
function handedOn({ words, redirections }: Pick<SimpleCommand, 'words' | 'redirections'>): string | null {
  const name = programOf(words[0] ?? '')
  if (name === 'eval') return words.slice(1).join(' ')
  if (name === 'ssh') return toThisHost(words)
  if (INTERPRETER.test(name)) return runByScript(words)
  if (name === 'cmd' || name === 'powershell' || name === 'pwsh') {
    const option = words.findIndex((word, at) => at > 0 && /^(?:\/[ckr]|-c|-command)$/iu.test(word))
    return option < 0 ? null : words.slice(option + 1).join(' ')
  }
  if (!isShell(name) && name !== 'su' && name !== 'script') return null
  const option = words.findIndex((word, at) => at > 0 && (SHELL_OPTION.test(word) || word === '--command'))
  if (option >= 0) return words[option + 1] ?? null
  return redirections.find((each) => each.startsWith('<<< '))?.slice(4) ?? null
}

class Collector {
  readonly commands = new Set<string>()
  readonly programs = new Set<string>()
  readonly argv0 = new Set<string>()
  readonly pipelines = new Set<string>()
  readonly writes = new Set<string>()
  readonly settings = new Set<string>()
  readonly decoded = new Set<string>()
  readonly lines: string[] = []
  #texts = 0
  #budget = LINE_CHARACTERS

  take(text: string, level: number, wasHidden = false): void {
    if (level >= LEVELS || this.#texts >= TEXTS || this.#budget <= 0) return
    this.#texts++
    const whole = text.slice(0, this.#budget)
    this.#budget -= whole.length
    const pipelines = readShell(whole)
    this.lines.push(pipelines.map((pipeline) => pipeline.map(shown).join(' | ')).join(' ; '))
    for (const pipeline of pipelines) this.#pipeline(pipeline, level)
    for (const payload of decodedIn(whole, wasHidden)) {
      this.decoded.add(payload)
      this.take(payload, level + 1, true)
    }
  }

  #pipeline(pipeline: Pipeline, level: number): void {
    const names: string[] = []
    for (const command of pipeline) names.push(...this.#simple(command, level))
    if (pipeline.length > 1) this.pipelines.add(names.join('|'))
    const run = runByXargs(pipeline)
    if (run !== null) this.#simple({ ...run, settings: [], redirections: [] }, level)
    const fed = fedToShell(pipeline)
    if (fed !== null) this.take(fed, level + 1)
  }

  /** Answers the programs that run: the wrappers, then what they wrap. */
  #simple({ words, settings, redirections }: SimpleCommand, level: number): string[] {
    for (const setting of settings) this.settings.add(setting)
    for (const redirection of redirections) {
      const [, operator = '', target = ''] = /^(\S+) (.*)$/su.exec(redirection) ?? []
      if (operator.includes('>')) this.writes.add(target)
    }
    const tail = redirections.length === 0 ? '' : ` ${redirections.join(' ')}`
    const names: string[] = []
    let rest = words
    while (rest.length > 0 && this.commands.size < COMMANDS) {
      const [first = '', ...args] = rest
      const name = programOf(first)
      names.push(name)
      this.programs.add(name)
      this.argv0.add(first)
      this.commands.add([name, ...args].join(' ') + tail)
      if (name === 'tee') for (const file of args) if (!file.startsWith('-')) this.writes.add(file)
      if (/^(?:export|set|setenv|declare|typeset)$/u.test(name)) for (const arg of args) if (arg.includes('=')) this.settings.add(arg)
      const text = handedOn({ words: rest, redirections })
      if (text !== null) this.take(text, level + 1)
      const next = wrapped(rest)
      if (next === null || names.length >= 8) break
      const found = name === 'find' ? fileFoundBy(rest) : null
      rest = rest.slice(next)
      if (found !== null) rest = rest.map((word) => (word === '{}' ? found : word))
    }
    if (words.length === 0 && tail !== '') this.commands.add(tail.trim())
    return names
  }
}

const shown = ({ settings, words, redirections }: SimpleCommand): string => [...settings, ...words, ...redirections].join(' ')

/** Takes the disguises off a command line. Never throws; linear in the line, bounded. */
export function readCommandLine(text: string): CommandLine {
  const found = new Collector()
  found.take(text, 0)
  return {
    line: found.lines.join(' ; '),
    commands: [...found.commands],
    programs: [...found.programs],
    argv0: [...found.argv0],
    pipelines: [...found.pipelines],
    writes: [...found.writes],
    settings: [...found.settings],
    decoded: [...found.decoded],
  }
}
