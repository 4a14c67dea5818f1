import type { Part, Word } from '../parser/ast.ts'
import { evaluate, type Names } from './arithmetic.ts'
import { expandBraces } from './brace.ts'
import { ExpansionFailure } from './control.ts'
import { globPaths, hasGlob } from './glob.ts'
import { parameterPieces } from './parameter.ts'
import { escapePattern } from './pattern.ts'
import type { Runner } from './run.ts'
import type { State } from './state.ts'

/** A stretch of expanded text: whether quotes protect it, whether it is split; `break` ends a field (`"$@"`). */
export interface Piece {
  readonly text: string
  readonly quoted: boolean
  readonly split: boolean
  readonly break?: boolean
}
const FIELDS_MAX = 100_000

/** Turns words into fields, as the standard orders: braces, tilde, parameters, commands, arithmetic, splitting, paths, quotes. */
export class Expander {
  readonly runner: Runner
  readonly state: State
  constructor(runner: Runner, state: State) {
    this.runner = runner
    this.state = state
  }

  /** Fields of a command line. */
  async fields(words: readonly Word[]): Promise<string[]> {
    const results: string[] = []
    for (const word of words) {
      for (const one of this.state.flavour === 'bash' ? expandBraces(word) : [word]) {
        results.push(...(await this.fieldsOf(one)))
        if (results.length > FIELDS_MAX) throw new ExpansionFailure('Argument list too long', { fatal: false, status: 126 })
      }
    }
    return results
  }

  async fieldsOf(word: Word): Promise<string[]> {
    const only = word.parts[0]
    if (word.parts.length === 1 && only?.kind === 'text' && (only.quoted || !/[*?[~\\]/.test(only.text))) return [only.text]
    const pieces = await this.pieces(word, true)
    return split(pieces, this.state.get('IFS') ?? ' \t\n').flatMap((field) => {
      if (this.state.options.has('f') || !hasGlob(field.pattern)) return [field.text]
      const found = globPaths(this.state, field.pattern)
      return found.length > 0 ? found : [field.text]
    })
  }

  /** One string without splitting: assignments, here-documents, case subjects. */
  async text(word: Word, options: { readonly tilde?: boolean } = {}): Promise<string> {
    const only = word.parts[0]
    if (only === undefined) return ''
    if (word.parts.length === 1 && only.kind === 'text' && (only.quoted || !only.text.startsWith('~'))) return only.text
    const separator = ' '
    let out = ''
    for (const piece of await this.pieces(word, options.tilde ?? true)) out += piece.break === true ? separator : piece.text
    return out
  }

  /** A pattern: what quotes protect stands behind backslashes. */
  async pattern(word: Word): Promise<string> {
    let out = ''
    for (const piece of await this.pieces(word, true))
      out += piece.break === true ? ' ' : piece.quoted ? escapePattern(piece.text) : piece.text
    return out
  }

  async pieces(word: Word, tilde: boolean): Promise<Piece[]> {
    const pieces: Piece[] = []
    let first = true
    for (const part of word.parts) {
      if (first && tilde && part.kind === 'text' && !part.quoted && part.text.startsWith('~'))
        pieces.push(...this.#tilde(part.text, word.parts.length === 1))
      else pieces.push(...(await this.#part(part)))
      first = false
    }
    return pieces
  }

  async #part(part: Part): Promise<readonly Piece[]> {
    switch (part.kind) {
      case 'text':
        return [{ text: part.text, quoted: part.quoted, split: false }]
      case 'parameter':
        return await parameterPieces(this, part)
      case 'command':
        return [this.#produced(await this.runner.substitute(part.script, this.state), part.quoted)]
      case 'backquote':
        return [this.#produced(await this.runner.substituteText(part.text, this.state), part.quoted)]
      case 'arithmetic':
        return [{ text: String(await this.arithmetic(part.expression)), quoted: part.quoted, split: !part.quoted }]
      case 'process':
        return [{ text: await this.runner.processSubstitution(part.script, part.direction, this.state), quoted: true, split: false }]
    }
  }
  #produced(text: string, quoted: boolean): Piece {
    return { text: text.replace(/\n+$/, '').replaceAll('\0', ''), quoted, split: !quoted }
  }

  async arithmetic(word: Word): Promise<bigint> {
    const text = await this.text(word, { tilde: false })
    return this.evaluate(text)
  }
  evaluate(text: string): bigint {
    return evaluate(text, this.#names())
  }
  #names(): Names {
    const { state } = this
    return {
      get: (name, index) => {
        const variable = state.variables.get(name)
        if (index !== null && variable?.items !== undefined)
          return variable.items.get(this.#key(variable.associative === true, index)) ?? ''
        const value = state.get(name)
        if (value === undefined && state.options.has('u')) throw new ExpansionFailure(`${name}: unbound variable`)
        return value ?? ''
      },
      set: (name, index, value) => {
        if (index === null) state.set(name, value)
        else this.assignItem(name, index, value)
      },
    }
  }
  #key(associative: boolean, index: string): string {
    return associative ? index : String(this.evaluate(index))
  }
  assignItem(name: string, index: string, value: string): void {
    const variable = this.state.variables.get(name)
    if (variable?.readonly === true) throw new ExpansionFailure(`${name}: readonly variable`)
    const items =
      variable?.items ?? new Map<string, string>(variable === undefined || variable.unset === true ? [] : [['0', variable.value]])
    const key = this.#key(variable?.associative === true, index)
    items.set(/^-\d+$/.test(key) ? String(Math.max(0, ...[...items.keys()].map(Number)) + 1 + Number(key)) : key, value)
    this.state.variables.set(name, { ...(variable ?? { value: '' }), items, unset: false })
  }

  #tilde(text: string, alone: boolean): readonly Piece[] {
    const slash = text.indexOf('/')
    if (slash < 0 && !alone) return [{ text, quoted: false, split: false }]
    const name = text.slice(1, slash < 0 ? text.length : slash)
    const rest = slash < 0 ? '' : text.slice(slash)
    const { state } = this
    const home =
      name === ''
        ? (state.get('HOME') ?? state.user.home)
        : name === '+'
          ? state.cwd
          : name === '-'
            ? state.get('OLDPWD')
            : state.session.machine.userNamed(name)?.home
    if (home === undefined) return [{ text, quoted: false, split: false }]
    return [
      { text: home, quoted: true, split: false },
      { text: rest, quoted: false, split: false },
    ]
  }
}

interface Field {
  text: string
  pattern: string
}

/** Field splitting. Quoted text, even empty, makes a field; unquoted empties vanish. */
function split(pieces: readonly Piece[], separators: string): readonly Field[] {
  const fields: Field[] = []
  let field: Field | null = null
  const add = (text: string, quoted: boolean): void => {
    field ??= { text: '', pattern: '' }
    field.text += text
    field.pattern += quoted ? escapePattern(text) : text
  }
  const finish = (): void => {
    if (field !== null) fields.push(field)
    field = null
  }
  const white = [...separators].filter((char) => ' \t\n'.includes(char)).join('')
  for (const piece of pieces) {
    if (piece.break === true) {
      finish()
      continue
    }
    if (!piece.split || separators === '') {
      if (piece.quoted || piece.text !== '') add(piece.text, piece.quoted)
      continue
    }
    let at = 0
    const { text } = piece
    while (at < text.length) {
      const char = text[at] ?? ''
      if (white.includes(char) || separators.includes(char)) {
        let hard = 0
        while (at < text.length && separators.includes(text[at] ?? '')) {
          if (!white.includes(text[at] ?? '')) {
            if (hard > 0 || (field === null && hard === 0)) fields.push(field ?? { text: '', pattern: '' })
            else finish()
            field = null
            hard++
          }
          at++
        }
        finish()
      } else {
        let end = at
        while (end < text.length && !separators.includes(text[end] ?? '')) end++
        add(text.slice(at, end), false)
        at = end
      }
    }
  }
  finish()
  return fields
}
