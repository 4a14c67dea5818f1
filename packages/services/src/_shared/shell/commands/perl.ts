import type { Call, Programs } from '../interpreter/call.ts'
import { Collector, readAll, toBytes, toText } from '../interpreter/streams.ts'
import { ownAddress } from '../loopback/reach.ts'

const VERSIONS = {
  debian12: { text: '5, version 36, subversion 0 (v5.36.0)', number: '5.036000', short: 'v5.36.0', folder: '5.36' },
  ubuntu22: { text: '5, version 34, subversion 0 (v5.34.0)', number: '5.034000', short: 'v5.34.0', folder: '5.34' },
  ubuntu24: { text: '5, version 38, subversion 2 (v5.38.2)', number: '5.038002', short: 'v5.38.2', folder: '5.38' },
}
const INSTALLED =
  /^(?:strict|warnings|utf8|Socket|IO::\w+(?:::\w+)*|POSIX|MIME::Base64|Getopt::\w+|File::\w+|Cwd|Time::\w+|Data::Dumper|Sys::Hostname|List::Util|vars|lib|feature|constant|v?[\d.]+)$/
const SOURCE_MAX = 262_144

/** Statements, split at `;` outside of quotes and brackets. */
function statementsOf(source: string): string[] {
  const made: string[] = []
  let depth = 0
  let at = ''
  for (const [piece] of source.matchAll(/"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|`[^`]*`|\$\^[A-Z]|\$\$|[\s\S]/g)) {
    if (/^[({[]$/.test(piece)) depth++
    else if (/^[)}\]]$/.test(piece)) depth--
    if (piece === ';' && depth <= 0) {
      made.push(at.trim())
      at = ''
    } else at += piece
  }
  return [...made, at.trim()].filter((one) => one !== '')
}

class Perl {
  readonly #call: Call
  readonly #variables = new Map<string, string>()
  readonly #name: string
  constructor(call: Call, name: string) {
    this.#call = call
    this.#name = name
  }

  /** A value as text; undefined where this is no expression that is understood. */
  async #value(text: string): Promise<string | undefined> {
    const expression = text.trim()
    const version = VERSIONS[this.#call.machine.persona.os.distro]
    const double = /^"((?:[^"\\]|\\[\s\S])*)"$/.exec(expression)?.[1]
    if (double !== undefined)
      return double.replace(
        /\\x([0-9a-fA-F]{2})|\\([ntre0"\\$@])|\$(\w+)|\$(\^[VO]|\]|\$)/g,
        (whole, hex?: string, letter?: string, name?: string, special?: string) => {
          if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
          if (letter !== undefined) return { n: '\n', t: '\t', r: '\r', e: '\x1b', 0: '\0' }[letter] ?? letter
          if (name !== undefined) return this.#variables.get(name) ?? ''
          return special === '^V'
            ? version.short
            : special === '^O'
              ? 'linux'
              : special === ']'
                ? version.number
                : special === '$'
                  ? String(this.#call.state.pid)
                  : whole
        },
      )
    const single = /^'((?:[^'\\]|\\[\s\S])*)'$/.exec(expression)?.[1]
    if (single !== undefined) return single.replace(/\\(['\\])/g, '$1')
    const shell = /^`([^`]*)`$/.exec(expression)?.[1] ?? /^qx\s*[{(]([^})]*)[})]$/.exec(expression)?.[1]
    if (shell !== undefined) return await this.#output(shell)
    if (expression === '$^V') return version.short
    if (expression === '$]') return version.number
    if (expression === '$^O') return 'linux'
    if (expression === '$0') return this.#name
    if (expression === '$$') return String(this.#call.state.pid)
    if (expression === '$<' || expression === '$>') return String(this.#call.as.uid)
    const variable = /^\$(\w+)$/.exec(expression)?.[1]
    if (variable !== undefined) return this.#variables.get(variable) ?? ''
    const environment = /^\$ENV\{['"]?(\w+)['"]?\}$/.exec(expression)?.[1]
    if (environment !== undefined) return this.#call.env(environment) ?? ''
    const repeated = /^(.+?)\s*x\s*(\d{1,6})$/s.exec(expression)
    if (repeated !== null) {
      const of = await this.#value(repeated[1] ?? '')
      return of === undefined || of.length * Number(repeated[2]) > 1_000_000 ? undefined : of.repeat(Number(repeated[2]))
    }
    const sum = /^(\d{1,15}(?:\.\d+)?)\s*(\*\*|[-+*/%])\s*(\d{1,15}(?:\.\d+)?)$/.exec(expression)
    if (sum !== null) {
      const [a, b] = [Number(sum[1]), Number(sum[3])]
      const operator = sum[2]
      return String(
        operator === '+'
          ? a + b
          : operator === '-'
            ? a - b
            : operator === '*'
              ? a * b
              : operator === '/'
                ? a / b
                : operator === '**'
                  ? a ** b
                  : a % b,
      )
    }
    if (/^\d+(\.\d+)?$/.test(expression)) return String(Number(expression))
    if (/^(time|time\(\))$/.test(expression)) return String(Math.floor(this.#call.machine.now() / 1000))
    const parts = piecesOf(expression)
    if (parts.length < 2) return undefined
    let joined = ''
    for (const part of parts) {
      const value = await this.#value(part)
      if (value === undefined) return undefined
      joined += value
    }
    return joined
  }
  async #output(line: string): Promise<string> {
    const child = this.#call.state.fork()
    const kept = new Collector(1_048_576)
    child.descriptors.set(1, { output: kept, path: 'pipe:[1]' })
    await this.#shell(line, child)
    return kept.text()
  }
  async #shell(line: string, child = this.#call.state.fork()): Promise<number> {
    child.flavour = 'dash'
    return await this.#call.runner.process(child, async () => {
      await this.#call.runner.source(line, child, { commandString: true })
      return child.status
    })
  }

  /** The status to leave with; null to go on. */
  async statement(text: string): Promise<number | null> {
    const call = this.#call
    const used = /^(?:use|require|no)\s+([\w:.]+)/.exec(text)?.[1]
    if (used !== undefined) {
      if (INSTALLED.test(used)) return null
      const { folder } = VERSIONS[call.machine.persona.os.distro]
      const path = `${used.replaceAll('::', '/')}.pm`
      const short = VERSIONS[call.machine.persona.os.distro].short.slice(1)
      await call.err(
        `Can't locate ${path} in @INC (you may need to install the ${used} module) (@INC contains: /etc/perl /usr/local/lib/x86_64-linux-gnu/perl/${short} /usr/local/share/perl/${short} /usr/lib/x86_64-linux-gnu/perl5/${folder} /usr/share/perl5 /usr/lib/x86_64-linux-gnu/perl-base /usr/lib/x86_64-linux-gnu/perl/${folder} /usr/share/perl/${folder} /usr/local/lib/site_perl) at ${this.#name} line 1.\nBEGIN failed--compilation aborted at ${this.#name} line 1.\n`,
      )
      return 2
    }
    const printed = /^(?:print|say)\b\s*(?:(STDERR|STDOUT)\s+)?([\s\S]*)$/.exec(text)
    if (printed !== null) {
      const list = (printed[2] ?? '').replace(/^\(([\s\S]*)\)$/, '$1')
      for (const part of listOf(list)) {
        const value = await this.#value(part)
        if (value === undefined) return await this.#lost(text)
        await (printed[1] === 'STDERR' ? call.err(value) : call.out(value))
      }
      if (text.startsWith('say')) await call.out('\n')
      return null
    }
    const run = /^(system|exec)\s*\(?\s*([\s\S]*?)\s*\)?$/.exec(text)
    if (run !== null) {
      const words: string[] = []
      for (const part of listOf((run[2] ?? '').replace(/^\{[^}]*\}\s*/, ''))) {
        const value = await this.#value(part)
        if (value === undefined) return await this.#lost(text)
        words.push(value)
      }
      const line = words.length === 1 ? (words[0] ?? '') : words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
      const status = await this.#shell(line)
      return run[1] === 'exec' ? status : null
    }
    const assigned = /^(?:my\s+|our\s+)?\$(\w+)\s*=\s*([\s\S]+)$/.exec(text)
    if (assigned !== null && !/IO::Socket|socket\s*\(|fork/.test(text)) {
      const value = await this.#value(assigned[2] ?? '')
      if (value === undefined) return await this.#lost(text)
      this.#variables.set(assigned[1] ?? '', value)
      return null
    }
    const died = /^die\b\s*([\s\S]*)$/.exec(text)?.[1]
    if (died !== undefined) {
      const value = (await this.#value(died === '' ? '"Died"' : died)) ?? 'Died'
      await call.err(value.endsWith('\n') ? value : `${value} at ${this.#name} line 1.\n`)
      return 255
    }
    if (/^exit\b/.test(text)) return Number(/\d+/.exec(text)?.[0] ?? 0) & 255
    if (/^sleep\b/.test(text)) return await call.sleep(Math.min(Number(/\d+/.exec(text)?.[0] ?? 0), 86_400) * 1000).then(() => null)
    if (/^(?:\$\|\s*(?:=|\+\+)|\$SIG\{|chdir\b|umask\b|socket\s*\()/.test(text) || /^setuid\b|^POSIX::setuid/.test(text)) return null
    const bare = /^(\w+)\s*\(.*\)$/s.exec(text)?.[1]
    if (bare !== undefined && !/^(if|while|for|foreach|unless|open|connect|fork|eval|sub|chmod|unlink|mkdir)$/.test(bare)) {
      await call.err(`Undefined subroutine &main::${bare} called at ${this.#name} line 1.\n`)
      return 255
    }
    return await this.#lost(text)
  }
  /** What is not understood ends the way of a host that is short of memory. */
  async #lost(text: string): Promise<number> {
    if (/[-+*/.,(=]$/.test(text)) {
      await this.#call.err(`syntax error at ${this.#name} line 1, at EOF\nExecution of ${this.#name} aborted due to compilation errors.\n`)
      return 255
    }
    await this.#call.err('Out of memory!\n')
    return 1
  }
}
/** Parts between commas. */
const listOf = (text: string): string[] => split(text, ',')
/** Parts between dots that join texts. */
const piecesOf = (text: string): string[] => split(text, '.')
function split(text: string, by: string): string[] {
  const made = ['']
  let depth = 0
  for (const [piece] of text.matchAll(/"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|`[^`]*`|\d+\.\d+|[\s\S]/g)) {
    if (/^[({[]$/.test(piece)) depth++
    else if (/^[)}\]]$/.test(piece)) depth--
    if (piece === by && depth === 0) made.push('')
    else made[made.length - 1] += piece
  }
  return made.map((one) => one.trim()).filter((one) => one !== '')
}

/** A reverse shell fails as perl's connect does: without a word, after the network's while. */
async function reverse(call: Call, source: string): Promise<number | null> {
  const found =
    /PeerAddr\s*(?:=>|,)\s*["']([^"':]+)(?::(\d+))?["']/.exec(source) ??
    /\$\w+\s*=\s*["']([\w.-]+)["']\s*;\s*(?:my\s*)?\$\w+\s*=\s*["']?(\d+)/.exec(source)
  if (found === null || !/Socket/.test(source)) return null
  const port = found[2] ?? /PeerPort\s*(?:=>|,)\s*["']?(\d+)/.exec(source)?.[1] ?? '0'
  call.session.observer.connect(toBytes(`tcp://${found[1] ?? ''}:${port}`), 'perl')
  await call.sleep(ownAddress(call.session, found[1] ?? '') === null ? 130_000 : 2)
  const died = /\bdie\s*\(?\s*["']([^"']*)["']/.exec(source)?.[1]
  if (died !== undefined) await call.err(died.endsWith('\\n') ? died.replaceAll('\\n', '\n') : `${died} at -e line 1.\n`)
  return died === undefined ? 0 : 255
}

async function perl(call: Call): Promise<number> {
  const { text } = VERSIONS[call.machine.persona.os.distro]
  const { args } = call
  if (args.some((arg) => arg === '-v' || arg === '--version'))
    return await call
      .out(
        `\nThis is perl ${text} built for x86_64-linux-gnu-thread-multi\n(with 48 registered patches, see perl -V for more detail)\n\nCopyright 1987-2022, Larry Wall\n\nPerl may be copied only under the terms of either the Artistic License or the\nGNU General Public License, which may be found in the Perl 5 source kit.\n\nComplete documentation for Perl, including FAQ lists, should be found on\nthis system using "man perl" or "perldoc perl".  If you have access to the\nInternet, point your browser at https://www.perl.org/, the Perl Home Page.\n\n`,
      )
      .then(() => 0)
  const at = args.findIndex((arg) => /^-[a-zA-Z]*[eE]$/.test(arg))
  const module = args.flatMap((arg) => /^-M(\S+)$/.exec(arg)?.[1]?.replace(/=.*/, '') ?? [])
  const path = args.find((arg) => !arg.startsWith('-'))
  let source = at >= 0 ? (args[at + 1] ?? '') : ''
  if (at < 0 && path !== undefined) {
    const read = await call.attempt<string | null>(
      () => toText(call.fs.read(call.path(path), call.as).subarray(0, SOURCE_MAX)),
      async (reason) => await call.err(`Can't open perl script "${path}": ${reason}\n`).then(() => null),
    )
    if (read === null) return 2
    source = read
  } else if (at < 0) source = toText(await readAll(call.stdin, SOURCE_MAX))
  const interpreter = new Perl(call, at >= 0 ? '-e' : (path ?? '-'))
  const plain = source
    .replace(/^#![^\n]*/, '')
    .replace(/^\s*#.*$/gm, '')
    .slice(0, SOURCE_MAX)
  for (const statement of [...module.map((name) => `use ${name}`), ...statementsOf(plain).filter((one) => /^use\b/.test(one))]) {
    const status = await interpreter.statement(statement)
    if (status !== null) return status
  }
  const ended = await reverse(call, plain)
  if (ended !== null) return ended
  for (const statement of statementsOf(plain)) {
    if (/^use\b/.test(statement)) continue
    const status = await interpreter.statement(statement)
    if (status !== null) return status
  }
  return 0
}
export const perlProgram: Programs = { perl, 'perl5.36.0': perl }
