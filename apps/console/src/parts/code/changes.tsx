import { useMemo } from 'react'
import { plural } from '../../time/words.ts'
import './code.css'
import { type DiffLine, hunks, lineDiff } from './line-diff.ts'

const signs = { same: ' ', gone: '−', new: '+' } as const
const words = { same: '', gone: 'taken out: ', new: 'put in: ' } as const

/** What makes one text into the other, line by line; what is alike is left out but for some lines around. */
export function Changes({ before, after, label }: { before: string; after: string; label: string }) {
  const found = useMemo(() => hunks(lineDiff(before.trimEnd(), after.trimEnd())), [before, after])
  if (!found.some((hunk) => 'lines' in hunk)) return <p className="faint">Nothing differs.</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="code diff" aria-label={label} tabIndex={0}>
      <div className="code-lines">
        {found.map((hunk, n) =>
          'alike' in hunk ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: stretches of one comparison never move
            <div key={n} className="code-alike">
              {plural(hunk.alike, 'line')} alike
            </div>
          ) : (
            hunk.lines.map((line) => <Line key={`${line.before} ${line.after}`} line={line} />)
          ),
        )}
      </div>
    </section>
  )
}

function Line({ line: { kind, text, before, after } }: { line: DiffLine }) {
  return (
    <div className="code-line" data-diff={kind}>
      <span className="code-n">{kind === 'gone' ? before : after}</span>
      <span className="code-sign" aria-hidden>
        {signs[kind]}
      </span>
      <span className="code-t">
        {words[kind] !== '' && <span className="sr">{words[kind]}</span>}
        {text}
      </span>
    </div>
  )
}
