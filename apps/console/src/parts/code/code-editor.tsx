import type { KeyboardEvent, RefObject } from 'react'
import { CodeLine, type Language, type LineMarks } from './code-lines.tsx'
import './code.css'

interface Props {
  readonly text: string
  readonly onChange: (text: string) => void
  readonly label: string
  readonly area: RefObject<HTMLTextAreaElement | null>
  readonly marks?: LineMarks
  readonly language?: Language
  /** Ctrl-S, Ctrl-Enter. */
  readonly onSave?: (() => void) | undefined
  readonly invalid?: boolean
  readonly describedBy?: string
  readonly longest?: number
  readonly placeholder?: string
}

/** More are not drawn one by one: the text area shows its own letters. */
const MOST_LINES = 3_000
/** As code.css has it. */
const LINE_HEIGHT = 20

/** A new line begins where the one before does, deeper after a colon. `execCommand` keeps what can be undone. */
function breakLine(area: HTMLTextAreaElement): void {
  const before = area.value.slice(area.value.lastIndexOf('\n', area.selectionStart - 1) + 1, area.selectionStart)
  const indent = /^ */u.exec(before)?.[0] ?? ''
  document.execCommand('insertText', false, `\n${indent}${before.trimEnd().endsWith(':') ? '  ' : ''}`)
}

/**
 * A text area over its own lines: the lines show colours, numbers and marks, the text area has the letters' places and the cursor. Tab leaves
 * it, as in any form.
 */
export function CodeEditor({ text, onChange, label, area, marks, language = 'yaml', onSave, ...more }: Props) {
  const lines = text.split('\n')
  const bare = lines.length > MOST_LINES
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const held = event.ctrlKey || event.metaKey
    if (held && (event.key === 's' || event.key === 'Enter')) {
      event.preventDefault()
      onSave?.()
    } else if (event.key === 'Enter' && !held && !event.shiftKey && !event.nativeEvent.isComposing && language === 'yaml') {
      event.preventDefault()
      breakLine(event.currentTarget)
    }
  }
  return (
    <div className="code edit" data-bare={bare || undefined}>
      <div className="code-lines" aria-hidden style={bare ? { height: (lines.length + 1) * LINE_HEIGHT } : undefined}>
        {!bare &&
          lines.map((line, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
            <CodeLine key={n} text={line} number={n + 1} mark={marks?.get(n + 1)} language={language} named={false} />
          ))}
      </div>
      <textarea
        ref={area}
        value={text}
        aria-label={label}
        aria-invalid={more.invalid || undefined}
        aria-describedby={more.describedBy}
        maxLength={more.longest}
        placeholder={more.placeholder}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        wrap="off"
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={onKeyDown}
      />
    </div>
  )
}

/** Puts the cursor into a line and the line into sight. */
export function jumpTo(area: HTMLTextAreaElement | null, line: number, column = 1): void {
  if (!area) return
  const starts = area.value.split('\n').slice(0, line - 1)
  const at = starts.reduce((sum, each) => sum + each.length + 1, 0) + column - 1
  area.focus({ preventScroll: true })
  area.setSelectionRange(at, at)
  area.parentElement?.querySelector(`[data-line="${line}"]`)?.scrollIntoView({ block: 'center', inline: 'start' })
}
