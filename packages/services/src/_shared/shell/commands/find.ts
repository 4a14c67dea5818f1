import type { Call, Programs } from '../interpreter/call.ts'
import { compilePattern } from '../interpreter/pattern.ts'
import { baseName, fromDisk } from '../paths.ts'
import type { FileStat } from '../port.ts'
import { groupName, userId, userName } from './accounts.ts'
import { modeText, timeColumn } from './ls.ts'
import { runOther } from './shells.ts'

interface Found {
  readonly path: string
  readonly stat: FileStat
  readonly depth: number
}
type Test = (one: Found) => boolean | Promise<boolean>
class FindProblem extends Error {
  override readonly name = 'FindProblem'
}
const quoted = (text: string): string => Buffer.from(`‘${text}’`).toString('latin1')

/** The expression of find as one test; actions are tests with effects. */
class FindParser {
  readonly #call: Call
  readonly #words: readonly string[]
  #at = 0
  acts = false
  minimum = 0
  maximum = 64
  pruned = false
  quit = false
  constructor(call: Call, words: readonly string[]) {
    this.#call = call
    this.#words = words
  }
  parse(): Test {
    const test = this.#words.length === 0 ? () => true : this.#or(0)
    if (this.#at < this.#words.length)
      throw new FindProblem(`invalid expression; you have used a binary operator '${this.#words[this.#at]}' with nothing before it.`)
    return test
  }
  #or(depth: number): Test {
    let left = this.#and(depth)
    while (this.#words[this.#at] === '-o' || this.#words[this.#at] === '-or') {
      this.#at++
      const [a, b] = [left, this.#and(depth)]
      left = async (one) => (await a(one)) || (await b(one))
    }
    return left
  }
  #and(depth: number): Test {
    let left = this.#primary(depth)
    for (;;) {
      const word = this.#words[this.#at]
      if (word === undefined || word === ')' || word === '-o' || word === '-or') return left
      if (word === '-a' || word === '-and') this.#at++
      const [a, b] = [left, this.#primary(depth)]
      left = async (one) => (await a(one)) && (await b(one))
    }
  }
  #value(name: string): string {
    const value = this.#words[this.#at++]
    if (value === undefined) throw new FindProblem(`missing argument to \`${name}'`)
    return value
  }
  #amount(text: string): (value: number) => boolean {
    const number = Number(/\d+/.exec(text)?.[0] ?? 0)
    return text.startsWith('+') ? (value) => value > number : text.startsWith('-') ? (value) => value < number : (value) => value === number
  }
  #primary(depth: number): Test {
    const word = this.#words[this.#at++]
    if (depth > 60 || word === undefined) throw new FindProblem('expected an expression')
    const call = this.#call
    const now = call.machine.now()
    switch (word) {
      case '!':
      case '-not': {
        const inner = this.#primary(depth + 1)
        return async (one) => !(await inner(one))
      }
      case '(': {
        const inner = this.#or(depth + 1)
        if (this.#words[this.#at++] !== ')')
          throw new FindProblem("invalid expression; I was expecting to find a ')' somewhere but did not see one.")
        return inner
      }
      case '-name':
      case '-iname': {
        const text = this.#value(word)
        const pattern = compilePattern(word === '-iname' ? text.toLowerCase() : text)
        return ({ path }) => pattern.matches(word === '-iname' ? baseName(path).toLowerCase() : baseName(path))
      }
      case '-path':
      case '-wholename': {
        const pattern = compilePattern(this.#value(word))
        return ({ path }) => pattern.matches(path)
      }
      case '-type': {
        const kinds = this.#value(word)
        return ({ stat }) => kinds.includes({ file: 'f', directory: 'd', symlink: 'l', device: 'c', fifo: 'p', socket: 's' }[stat.kind])
      }
      case '-perm': {
        const text = this.#value(word)
        const bits = Number.parseInt(text.replace(/^[-/+]/, ''), 8)
        const symbolic = /^[-/]u[=+]s$/.test(text) ? 0o4000 : /^[-/]g[=+]s$/.test(text) ? 0o2000 : bits
        return ({ stat }) =>
          text.startsWith('-')
            ? (stat.mode & symbolic) === symbolic
            : /^[/+]/.test(text)
              ? (stat.mode & symbolic) !== 0
              : stat.mode === symbolic
      }
      case '-user':
      case '-uid': {
        const uid = userId(call, this.#value(word))
        return ({ stat }) => stat.uid === uid
      }
      case '-group':
      case '-gid': {
        const group = this.#value(word)
        return ({ stat }) => groupName(call, stat.gid) === group || String(stat.gid) === group
      }
      case '-size': {
        const text = this.#value(word)
        const unit = { c: 1, w: 2, b: 512, k: 1024, M: 1_048_576, G: 1_073_741_824 }[/[cwbkMG]$/.exec(text)?.[0] ?? 'b'] ?? 512
        const test = this.#amount(text)
        return ({ stat }) => test(Math.ceil(stat.size / unit))
      }
      case '-mtime':
      case '-ctime':
      case '-atime': {
        const test = this.#amount(this.#value(word))
        return ({ stat }) => test(Math.floor((now - stat.mtime) / 86_400_000))
      }
      case '-mmin':
      case '-cmin':
      case '-amin': {
        const test = this.#amount(this.#value(word))
        return ({ stat }) => test(Math.ceil((now - stat.mtime) / 60_000))
      }
      case '-newer': {
        const than = call.fs.stat(call.path(this.#value(word)), call.as).mtime
        return ({ stat }) => stat.mtime > than
      }
      case '-empty':
        return ({ path, stat }) =>
          stat.kind === 'directory' ? call.fs.list(call.path(path), call.as).length === 0 : stat.kind === 'file' && stat.size === 0
      case '-readable':
      case '-writable':
      case '-executable': {
        const want = { '-readable': 4, '-writable': 2, '-executable': 1 }[word]
        return ({ path }) => call.fs.has(call.path(path), call.as) && call.fs.allows(call.path(path), want, call.as)
      }
      case '-maxdepth':
        this.maximum = Number(this.#value(word))
        return () => true
      case '-mindepth':
        this.minimum = Number(this.#value(word))
        return () => true
      case '-xdev':
      case '-mount':
      case '-depth':
      case '-noleaf':
      case '-true':
      case '-follow':
        return () => true
      case '-false':
        return () => false
      case '-prune':
        return () => {
          this.pruned = true
          return true
        }
      default:
        return this.#action(word)
    }
  }
  #action(word: string): Test {
    const call = this.#call
    this.acts = true
    switch (word) {
      case '-print':
        return async ({ path }) => await call.out(`${path}\n`).then(() => true)
      case '-print0':
        return async ({ path }) => await call.out(`${path}\0`).then(() => true)
      case '-quit':
        return () => {
          this.quit = true
          return true
        }
      case '-ls':
        return async ({ path, stat }) =>
          await call
            .out(
              `${String(stat.inode).padStart(9)} ${String(Math.ceil(stat.size / 4096) * 4).padStart(6)} ${modeText(stat)} ${String(stat.links).padStart(3)} ${userName(call, stat.uid).padEnd(8)} ${groupName(call, stat.gid).padEnd(8)} ${String(stat.size).padStart(8)} ${timeColumn(call, stat.mtime, false)} ${path}\n`,
            )
            .then(() => true)
      case '-delete':
        return async ({ path, stat }) =>
          await call.attempt(
            () => {
              if (stat.kind === 'directory') call.fs.rmdir(call.path(path), call.as)
              else call.fs.remove(call.path(path), call.as)
              return true
            },
            async (reason) => {
              await call.err(`find: cannot delete ${quoted(path)}: ${reason}\n`)
              return false
            },
          )
      case '-printf': {
        const format = this.#value(word)
        return async ({ path, stat }) =>
          await call
            .out(
              format
                .replace(/\\n/g, '\n')
                .replace(/\\t/g, '\t')
                .replace(
                  /%([pfsmuhgyM%])/g,
                  (_, letter: string) =>
                    ({
                      p: path,
                      f: baseName(path),
                      s: String(stat.size),
                      m: stat.mode.toString(8),
                      u: userName(call, stat.uid),
                      g: groupName(call, stat.gid),
                      h: path.replace(/\/[^/]*$/, ''),
                      y: { file: 'f', directory: 'd', symlink: 'l', device: 'c', fifo: 'p', socket: 's' }[stat.kind],
                      M: modeText(stat),
                      '%': '%',
                    })[letter] ?? '',
                ),
            )
            .then(() => true)
      }
      case '-exec':
      case '-execdir':
      case '-ok': {
        const end = this.#words.findIndex((one, i) => i >= this.#at && (one === ';' || (one === '+' && this.#words[i - 1] === '{}')))
        if (end < 0) throw new FindProblem(`missing argument to \`${word}'`)
        const [name = '', ...args] = this.#words.slice(this.#at, end)
        this.#at = end + 1
        return async ({ path }) =>
          (await runOther(
            call,
            name.replaceAll('{}', path),
            args.map((arg) => arg.replaceAll('{}', path)),
            (one) => `find: ${quoted(one)}: No such file or directory\n`,
          )) === 0
      }
      default:
        if (!word.startsWith('-')) throw new FindProblem(`paths must precede expression: \`${word}'`)
        throw new FindProblem(`unknown predicate \`${word}'`)
    }
  }
}

const VISITS_MAX = 50_000
async function find(call: Call): Promise<number> {
  const args = [...call.args]
  while (args[0] === '-L' || args[0] === '-H' || args[0] === '-P') args.shift()
  const start = args.findIndex((arg) => arg.startsWith('-') || arg === '!' || arg === '(')
  const roots = start < 0 ? args : args.slice(0, start)
  let status = 0
  let visits = 0
  try {
    const parser = new FindParser(call, start < 0 ? [] : args.slice(start))
    const test = parser.parse()
    const visit = async (path: string, depth: number): Promise<void> => {
      if (++visits > VISITS_MAX || parser.quit) return
      const step = call.session.step(call.state.signal)
      if (step !== undefined) await step
      const bad = async (reason: string): Promise<void> => {
        await call.err(`find: ${quoted(path)}: ${reason}\n`)
        status = 1
      }
      await call.attempt(async () => {
        const stat = call.fs.lstat(call.path(path), call.as)
        parser.pruned = false
        // A deletion must come behind what is below it.
        const later = call.args.includes('-delete')
        const check = async (): Promise<void> => {
          if (depth >= parser.minimum && (await test({ path, stat, depth })) && !parser.acts) await call.out(`${path}\n`)
        }
        if (!later) await check()
        if (stat.kind === 'directory' && depth < parser.maximum && !parser.pruned) {
          for (const name of call.fs.list(call.path(path), call.as).map(fromDisk))
            await visit(`${path.replace(/\/$/, '')}/${name}`, depth + 1)
        }
        if (later) await check()
      }, bad)
    }
    for (const root of roots.length === 0 ? ['.'] : roots) await visit(root, 0)
    return status
  } catch (error) {
    if (!(error instanceof FindProblem)) throw error
    return await call.fail(error.message)
  }
}

export const finding: Programs = { find }
