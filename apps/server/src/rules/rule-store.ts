import type { Db } from '../store/open.ts'

/** A text that is to be a rule, as a store has it. */
export interface StoredText {
  /** What it is called in its store, by which it is ordered: the name of its file, or the id of the rule. */
  readonly name: string
  /** Where it lies, for people. */
  readonly path: string
  /** SHA-256 of the text, or what stands for one that cannot be read: another hash, another text. */
  readonly hash: string
  /** Or why it cannot be read. */
  readonly content: { readonly text: string } | { readonly unreadable: string }
}

/** Where an operator keeps rules of one's own. Of one id, a rule here takes the place of the one that came with the product. */
export interface RuleStore extends AsyncDisposable {
  readonly origin: 'folder' | 'database'
  /** All texts by name, as they are now; the same list as long as nothing changed. `db`: what to ask, where they lie in a database; null: there is none. */
  texts(db: Db | null): Promise<readonly StoredText[]>
}
