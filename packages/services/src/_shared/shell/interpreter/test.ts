import { FileError, type FileStat } from '../port.ts'
import { diskPath } from './files.ts'
import type { State } from './state.ts'

const UNARY = new Set([...'abcdefghknoprstuvwxzGLNORS'].map((letter) => `-${letter}`))
export const isUnary = (operator: string): boolean => UNARY.has(operator)

/** `-e FILE`, `-n STRING` and their kind. */
export function fileTest(state: State, operator: string, value: string): boolean {
  if (operator === '-n') return value !== ''
  if (operator === '-z') return value === ''
  if (operator === '-v') return state.variables.has(value) || state.get(value) !== undefined
  if (operator === '-o') return state.options.has(value)
  if (operator === '-t')
    return state.descriptors.get(Number(value))?.input?.tty === true || state.descriptors.get(Number(value))?.output?.tty === true
  const { fs } = state.session.machine
  const path = diskPath(state, value)
  if (value === '') return false
  try {
    const stat: FileStat = operator === '-L' || operator === '-h' ? fs.lstat(path, state.as) : fs.stat(path, state.as)
    switch (operator) {
      case '-f':
        return stat.kind === 'file'
      case '-d':
        return stat.kind === 'directory'
      case '-L':
      case '-h':
        return stat.kind === 'symlink'
      case '-s':
        return stat.size > 0
      case '-r':
        return fs.allows(path, 4, state.as)
      case '-w':
        return fs.allows(path, 2, state.as)
      case '-x':
        return fs.allows(path, 1, state.as)
      case '-b':
        return false
      case '-c':
        return stat.kind === 'device'
      case '-p':
        return stat.kind === 'fifo'
      case '-S':
        return stat.kind === 'socket'
      case '-u':
        return (stat.mode & 0o4000) !== 0
      case '-g':
        return (stat.mode & 0o2000) !== 0
      case '-k':
        return (stat.mode & 0o1000) !== 0
      case '-O':
        return stat.uid === state.as.uid
      case '-G':
        return stat.gid === state.as.gid
      case '-N':
        return false
      default:
        return true
    }
  } catch (error) {
    if (error instanceof FileError) return false
    throw error
  }
}

export class TestProblem extends Error {
  override readonly name = 'TestProblem'
}

/** `test` and `[`: 0 or 1. @throws {TestProblem} with the message and status 2. */
export function evaluateTest(state: State, words: readonly string[]): boolean {
  let at = 0
  const integer = (text: string): bigint => {
    if (!/^\s*[-+]?\d+\s*$/.test(text))
      throw new TestProblem(state.flavour === 'dash' ? `Illegal number: ${text}` : `${text}: integer expression expected`)
    return BigInt(text.trim().replace(/^\+/, ''))
  }
  const modified = (path: string): number => {
    try {
      return state.session.machine.fs.stat(diskPath(state, path), state.as).mtime
    } catch (error) {
      if (error instanceof FileError) return Number.NEGATIVE_INFINITY
      throw error
    }
  }
  const binary = (left: string, operator: string, right: string): boolean | undefined => {
    switch (operator) {
      case '=':
      case '==':
        return left === right
      case '!=':
        return left !== right
      case '<':
        return left < right
      case '>':
        return left > right
      case '-eq':
        return integer(left) === integer(right)
      case '-ne':
        return integer(left) !== integer(right)
      case '-lt':
        return integer(left) < integer(right)
      case '-le':
        return integer(left) <= integer(right)
      case '-gt':
        return integer(left) > integer(right)
      case '-ge':
        return integer(left) >= integer(right)
      case '-nt':
        return modified(left) > modified(right)
      case '-ot':
        return modified(left) < modified(right)
      case '-ef':
        return left === right
      default:
        return undefined
    }
  }
  const primary = (): boolean => {
    const word = words[at]
    if (word === undefined) throw new TestProblem('argument expected')
    const operator = words[at + 1]
    const right = words[at + 2]
    if (operator !== undefined && right !== undefined) {
      const result = binary(word, operator, right)
      if (result !== undefined) {
        at += 3
        return result
      }
    }
    if (word === '!') {
      at++
      return !primary()
    }
    if (word === '(' && words.indexOf(')', at) > 0) {
      at++
      const inner = or()
      if (words[at] !== ')') throw new TestProblem("`)' expected")
      at++
      return inner
    }
    if (isUnary(word) && operator !== undefined && !(words.length - at === 3 && (operator === '-a' || operator === '-o'))) {
      at += 2
      return fileTest(state, word, operator)
    }
    at++
    return word !== ''
  }
  const and = (): boolean => {
    let result = primary()
    while (words[at] === '-a') {
      at++
      result = primary() && result
    }
    return result
  }
  const or = (): boolean => {
    let result = and()
    while (words[at] === '-o') {
      at++
      result = and() || result
    }
    return result
  }
  if (words.length === 0) return false
  if (words.length === 1) return words[0] !== ''
  if (words.length === 2 && words[0] !== '!' && !isUnary(words[0] ?? '')) throw new TestProblem(`${words[0]}: unary operator expected`)
  const result = or()
  if (at < words.length) throw new TestProblem(words.length === 3 ? `${words[1]}: binary operator expected` : 'too many arguments')
  return result
}
