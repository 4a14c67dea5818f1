export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'regex'; readonly source: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'field'; readonly index: Expression }
  | { readonly kind: 'item'; readonly name: string; readonly keys: readonly Expression[] }
  | { readonly kind: 'in'; readonly keys: readonly Expression[]; readonly name: string }
  | { readonly kind: 'assign'; readonly target: Expression; readonly operator: string; readonly value: Expression }
  | { readonly kind: 'step'; readonly target: Expression; readonly by: 1 | -1; readonly prefix: boolean }
  | { readonly kind: 'unary'; readonly operator: string; readonly inner: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'choice'; readonly test: Expression; readonly yes: Expression; readonly no: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'getline'; readonly target: Expression | null; readonly source: Expression | null; readonly command: boolean }
export type Statement =
  | { readonly kind: 'expression'; readonly value: Expression }
  | {
      readonly kind: 'print'
      readonly args: readonly Expression[]
      readonly format: boolean
      readonly into: { readonly operator: string; readonly target: Expression } | null
    }
  | { readonly kind: 'if'; readonly test: Expression; readonly yes: Statement; readonly no: Statement | null }
  | { readonly kind: 'while'; readonly test: Expression; readonly body: Statement; readonly after: boolean }
  | {
      readonly kind: 'for'
      readonly start: Statement | null
      readonly test: Expression | null
      readonly step: Statement | null
      readonly body: Statement
    }
  | { readonly kind: 'each'; readonly name: string; readonly array: string; readonly body: Statement }
  | { readonly kind: 'block'; readonly body: readonly Statement[] }
  | { readonly kind: 'jump'; readonly name: string; readonly value: Expression | null }
  | { readonly kind: 'delete'; readonly name: string; readonly keys: readonly Expression[] | null }
export interface Rule {
  readonly kind: 'BEGIN' | 'END' | 'always' | 'pattern' | 'range'
  readonly test: Expression | null
  readonly end: Expression | null
  readonly body: Statement | null
  active: boolean
}
export interface Definition {
  readonly parameters: readonly string[]
  readonly body: Statement
}
export interface AwkProgram {
  readonly rules: readonly Rule[]
  readonly functions: ReadonlyMap<string, Definition>
}
