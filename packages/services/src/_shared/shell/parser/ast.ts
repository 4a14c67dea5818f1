/** Text of scripts is held as one character per byte (latin1), so that every byte survives. */

export type ParameterOperator =
  | ''
  | ':-'
  | '-'
  | ':='
  | '='
  | ':?'
  | '?'
  | ':+'
  | '+'
  | '#'
  | '##'
  | '%'
  | '%%'
  | '/'
  | '//'
  | '/#'
  | '/%'
  | ':'
  | '^'
  | '^^'
  | ','
  | ',,'
  | '@'
  | '!*'
  | '!@'

export interface TextPart {
  readonly kind: 'text'
  readonly text: string
  readonly quoted: boolean
}
export interface ParameterPart {
  readonly kind: 'parameter'
  readonly name: string
  readonly operator: ParameterOperator
  readonly length: boolean
  readonly indirect: boolean
  /** `a[…]`: `@`, `*`, or an expression. */
  readonly index: Word | null
  readonly first: Word | null
  readonly second: Word | null
  readonly quoted: boolean
  /** As written, for `bad substitution`. */
  readonly source: string
}
export interface CommandPart {
  readonly kind: 'command'
  readonly script: Script
  readonly quoted: boolean
}
/** Backquotes: parsed when they run, as in bash. */
export interface BackquotePart {
  readonly kind: 'backquote'
  readonly text: string
  readonly quoted: boolean
}
export interface ArithmeticPart {
  readonly kind: 'arithmetic'
  readonly expression: Word
  readonly quoted: boolean
}
/** `<(…)` and `>(…)` */
export interface ProcessPart {
  readonly kind: 'process'
  readonly script: Script
  readonly direction: '<' | '>'
}
export type Part = TextPart | ParameterPart | CommandPart | BackquotePart | ArithmeticPart | ProcessPart
export interface Word {
  readonly parts: readonly Part[]
}

export type RedirectOperator = '<' | '>' | '>>' | '>|' | '<>' | '<&' | '>&' | '&>' | '&>>' | '<<' | '<<-' | '<<<'
export interface Redirect {
  readonly fd: number | null
  readonly operator: RedirectOperator
  /** The target; a here-document's body. */
  word: Word
}

export interface Assignment {
  readonly name: string
  readonly index: Word | null
  readonly append: boolean
  readonly value: Word | readonly Word[]
}

export interface SimpleCommand {
  readonly kind: 'simple'
  readonly assignments: readonly Assignment[]
  readonly words: readonly Word[]
  readonly redirects: readonly Redirect[]
  readonly line: number
}
export interface FunctionDefinition {
  readonly kind: 'function'
  readonly name: string
  readonly body: Command
}
export type Compound =
  | { readonly kind: 'subshell' | 'group'; readonly body: Script }
  | {
      readonly kind: 'if'
      readonly branches: readonly { readonly test: Script; readonly body: Script }[]
      readonly otherwise: Script | null
    }
  | { readonly kind: 'while' | 'until'; readonly test: Script; readonly body: Script }
  | { readonly kind: 'for'; readonly name: string; readonly words: readonly Word[] | null; readonly body: Script; readonly select: boolean }
  | { readonly kind: 'count'; readonly start: Word; readonly test: Word; readonly step: Word; readonly body: Script }
  | { readonly kind: 'case'; readonly subject: Word; readonly clauses: readonly CaseClause[] }
  | { readonly kind: 'arithmetic'; readonly expression: Word }
  | { readonly kind: 'condition'; readonly expression: Condition }
export interface CaseClause {
  readonly patterns: readonly Word[]
  readonly body: Script
  readonly end: ';;' | ';&' | ';;&'
}
export type Condition =
  | { readonly kind: 'word'; readonly word: Word }
  | { readonly kind: 'unary'; readonly operator: string; readonly word: Word }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Word; readonly right: Word }
  | { readonly kind: 'not'; readonly inner: Condition }
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }

export type Command =
  | SimpleCommand
  | FunctionDefinition
  | { readonly kind: 'compound'; readonly compound: Compound; readonly redirects: readonly Redirect[]; readonly line: number }

export interface Pipeline {
  readonly negated: boolean
  readonly timed: boolean
  /** `time -p` */
  readonly posix: boolean
  readonly commands: readonly Command[]
}
export interface AndOr {
  readonly first: Pipeline
  readonly rest: readonly { readonly operator: '&&' | '||'; readonly pipeline: Pipeline }[]
  readonly background: boolean
  /** As written, for `jobs`. */
  readonly source: string
}
export interface Script {
  readonly items: readonly AndOr[]
}
