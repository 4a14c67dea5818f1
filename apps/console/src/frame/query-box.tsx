import { Search, X } from 'lucide-react'
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react'
import { Bytes } from '../parts/bytes.tsx'
import { useDeckies } from '../queries.ts'
import { complete, keys, keysOfRules } from '../search/complete.ts'
import { formatTerm, parse, type Term, withoutTerm, withTerm } from '../search/grammar.ts'
import { setParams, setTerms, useUrl } from '../url.ts'
import { evidenceKinds } from '../words/evidence-kind.ts'
import { findings } from '../words/finding.ts'
import { SYSTEM_LOG } from '../words/said.ts'
import './query-box.css'

const eventTypes = [
  'auth_attempt',
  'command',
  'connect',
  'disconnect',
  'http_request',
  'query',
  'download_attempt',
  'connect_attempt',
  'forward_attempt',
  'file_captured',
  'message_stored',
  'client_hello',
  'protocol_error',
  'session_recorded',
  'tick',
]
const topics = [SYSTEM_LOG, ...Object.keys(findings)]
const places: Record<string, string> = {
  '/live': 'Filter events…',
  '/attackers': 'Filter attackers…',
  '/identities': 'Filter identities by address or name…',
  '/campaigns': 'Filter campaigns by address or name…',
  '/credentials': 'Filter credentials…',
  '/rules': 'Filter rules…',
}

function useValues() {
  const deckies = useDeckies()
  return useMemo(
    () => ({
      decky: deckies.data?.map((d) => d.name) ?? [],
      service: [...new Set(deckies.data?.flatMap((d) => d.services.map((s) => s.name)) ?? [])].sort(),
      event: eventTypes,
      topic: topics,
      outcome: ['success', 'failure', 'unknown'],
      severity: ['critical', 'high', 'medium', 'low', 'info'],
      state: ['enabled', 'disabled', 'clipped', 'broken', 'sandbox'],
      kind: evidenceKinds.map(({ name }) => name),
      origin: ['shipped', 'folder', 'database'],
      maturity: ['stable', 'incubating', 'sandbox'],
    }),
    [deckies.data],
  )
}

/** The search grammar with completion: finished terms stand as chips, the word being typed completes. `/` comes here. */
export function QueryBox() {
  const { terms, path } = useUrl()
  const [text, setText] = useState('')
  const [focused, setFocused] = useState(false)
  const [picked, setPicked] = useState(-1)
  // What was entered is done with: its results must not lie under completions that nobody asked for.
  const [done, setDone] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const id = useId()
  const values = useValues()
  const suggestions = useMemo(() => complete(text, values, path === '/rules' ? keysOfRules : keys), [text, values, path])
  // Live filters while one types: the unfinished words stand in the address beside the finished ones.
  const draft = path === '/live' && !/^-?$|:$/u.test(text) ? text.trim() : ''
  useEffect(() => {
    const timer = setTimeout(() => {
      if ((new URLSearchParams(window.location.search).get('t') ?? '') !== draft) setParams({ t: draft }, true)
    }, 250)
    return () => clearTimeout(timer)
  }, [draft])
  const open = focused && !done && !text.includes('"') && suggestions.length > 0

  const commit = (words: string) => {
    const added = parse(words)
    if (added.length > 0) setTerms(added.reduce<Term[]>((all, term) => withTerm(all, term), [...terms]))
    setText('')
    setPicked(-1)
    setDone(true)
  }
  const choose = (i: number) => {
    const s = suggestions[i]
    if (!s) return
    if (s.finished) commit(s.insert)
    else {
      setText(s.insert)
      setPicked(-1)
    }
    input.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const arrows: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 }
    const step = arrows[event.key]
    if (step === 1 && done) {
      event.preventDefault()
      setDone(false)
    } else if (step !== undefined && open) {
      event.preventDefault()
      setPicked(
        (picked + step + suggestions.length + 1) % (suggestions.length + 1) === suggestions.length
          ? -1
          : (picked + step + suggestions.length) % suggestions.length,
      )
    } else if (event.key === 'Tab' && open && text !== '' && !event.shiftKey) {
      event.preventDefault()
      choose(Math.max(0, picked))
    } else if (event.key === 'Enter') {
      event.preventDefault()
      if (picked >= 0) choose(picked)
      else commit(text)
    } else if (event.key === 'Escape') {
      event.stopPropagation()
      if (text === '') input.current?.blur()
      setText('')
      setPicked(-1)
    } else if (event.key === 'Backspace' && text === '' && terms.length > 0) {
      event.preventDefault()
      const last = terms.at(-1)
      if (last) {
        setTerms(withoutTerm(terms, last))
        setText(formatTerm(last))
      }
    }
  }
  return (
    <div className="query">
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: a click beside the text means the text */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a click beside the text means the text */}
      <div
        className="query-in"
        onClick={() => {
          input.current?.focus()
          setDone(false)
        }}
      >
        <Search aria-hidden />
        {terms.map((term) => (
          <span key={formatTerm(term)} className={term.negated ? 'tok not' : 'tok'}>
            <span className="cut">
              <Bytes text={formatTerm(term)} most={40} />
            </span>
            <button type="button" aria-label={`Remove ${formatTerm(term).slice(0, 60)}`} onClick={() => setTerms(withoutTerm(terms, term))}>
              <X aria-hidden />
            </button>
          </span>
        ))}
        <input
          ref={input}
          id="query"
          value={text}
          placeholder={terms.length === 0 ? (places[path] ?? 'Search events…') : ''}
          role="combobox"
          aria-label="Search"
          aria-expanded={open}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={picked >= 0 ? `${id}-${picked}` : undefined}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            setText(event.target.value)
            setPicked(-1)
            setDone(false)
          }}
          onFocus={() => {
            setFocused(true)
            setDone(false)
          }}
          onBlur={() => setFocused(false)}
          onKeyDown={onKeyDown}
        />
        {!focused && terms.length === 0 && <span className="kbd hide-phone">/</span>}
      </div>
      {open && (
        <div className="menu query-list" role="listbox" id={`${id}-list`} aria-label="Completions">
          {suggestions.map((s, i) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the input keeps the keys
            // biome-ignore lint/a11y/useFocusableInteractive: the input keeps the focus
            <div
              key={s.insert}
              id={`${id}-${i}`}
              role="option"
              aria-selected={i === picked}
              className="menu-item"
              onPointerDown={(e) => e.preventDefault()}
              onClick={() => choose(i)}
            >
              <span className="mono">{s.label}</span>
              <span className="hint">{s.hint}</span>
            </div>
          ))}
          <div className="query-foot">
            words must all occur · <b>-</b> excludes · <b>"…"</b> holds spaces together
          </div>
        </div>
      )}
    </div>
  )
}
