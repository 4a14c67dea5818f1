import { Bytes } from '../../parts/bytes.tsx'
import { type Clause, ruleClauses } from '../../words/rule-condition.ts'

/** What must hold for a rule to fire, in words; the rule's own texts stand exactly. */
export function Clauses({ when }: { when: unknown }) {
  const clauses = ruleClauses(when)
  return (
    <div className="rl-clauses">
      {clauses.length > 1 && <p>All of these</p>}
      <List clauses={clauses} top={clauses.length === 1} />
    </div>
  )
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** `top`: it begins a sentence. */
function List({ clauses, top = false }: { clauses: readonly Clause[]; top?: boolean }) {
  return (
    <ul>
      {clauses.map((clause, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the clauses of one rule never move
        <li key={n}>
          <span>
            {clause.said.map((piece, i) =>
              typeof piece === 'string' ? (
                (top && i === 0 && capital(piece)) || piece
              ) : (
                // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one sentence never move
                <code key={i} className="rl-code">
                  <Bytes text={piece.code} most={400} />
                </code>
              ),
            )}
          </span>
          {clause.clauses.length > 0 && <List clauses={clause.clauses} />}
        </li>
      ))}
    </ul>
  )
}
