import { memo, useMemo } from 'react'
import { runsOf } from '../../bytes/view.ts'
import './code.css'
import { yamlSpans } from './yaml-spans.ts'

export interface LineMark {
  readonly kind: 'bad' | 'hit'
  /** In words, for the line's number. */
  readonly says: string
}
export type LineMarks = ReadonlyMap<number, LineMark>
export type Language = 'yaml' | 'plain'

/** Characters that do not show themselves are named, which widens the line. */
const Named = ({ text }: { text: string }) =>
  runsOf(text).map((run, n) =>
    run.kind === 'text' ? (
      run.shown
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: runs are a cut of one string and never move
      <span key={n} className="mark" title={run.name}>
        {run.shown}
      </span>
    ),
  )

interface LineProps {
  readonly text: string
  readonly number: number
  readonly mark: LineMark | undefined
  readonly language: Language
  readonly named: boolean
}
/** One line with its number; a change elsewhere leaves it alone. */
export const CodeLine = memo(function CodeLine({ text, number, mark, language, named }: LineProps) {
  const spans = useMemo(() => (language === 'yaml' ? yamlSpans(text) : [{ kind: 'plain' as const, text }]), [text, language])
  return (
    <div className="code-line" data-line={number} data-mark={mark?.kind}>
      <span className="code-n" title={mark?.says}>
        {number}
      </span>
      <span className="code-t">
        {spans.map((span, n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: spans are a cut of one line and never move
          <span key={n} data-kind={span.kind}>
            {named ? <Named text={span.text} /> : span.text}
          </span>
        ))}
      </span>
    </div>
  )
})

/** A text of ours with line numbers, to be read. */
export function Code({ text, label, marks, language = 'yaml' }: { text: string; label: string; marks?: LineMarks; language?: Language }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="code" aria-label={label} tabIndex={0}>
      <div className="code-lines">
        {text
          .trimEnd()
          .split('\n')
          .map((line, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
            <CodeLine key={n} text={line} number={n + 1} mark={marks?.get(n + 1)} language={language} named />
          ))}
      </div>
    </section>
  )
}
