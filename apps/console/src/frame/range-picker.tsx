import { Popover } from '@base-ui/react/popover'
import { Calendar } from 'lucide-react'
import { useState } from 'react'
import { Field } from '../parts/form.tsx'
import { describeRange, type Range, resolveRange, spanLabels, spans } from '../time/range.ts'
import { setRange, useUrl } from '../url.ts'

const pad = (n: number) => String(n).padStart(2, '0')
const local = (ms: number) => {
  const d = new Date(ms)
  return `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())}T${pad(d.getHours())}:${pad(d.getMinutes())}`
}

export function RangePicker() {
  const { range } = useUrl()
  const [open, setOpen] = useState(false)
  const fixed = range.kind === 'fixed'
  const pick = (next: Range) => {
    setRange(next)
    setOpen(false)
  }
  return (
    <div className="range">
      <Popover.Root open={open} onOpenChange={setOpen}>
        <span className="seg">
          {spans.map((span) => (
            <button
              key={span}
              type="button"
              aria-pressed={range.kind === 'last' && range.span === span}
              onClick={() => pick({ kind: 'last', span })}
            >
              {spanLabels[span]}
            </button>
          ))}
          <Popover.Trigger aria-pressed={fixed} id="range-custom">
            {fixed ? describeRange(range) : 'Custom…'}
          </Popover.Trigger>
        </span>
        <Popover.Trigger className="btn range-short" title={`Period: ${describeRange(range)}`}>
          <Calendar aria-hidden />
          {fixed ? 'Custom' : spanLabels[range.span]}
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Positioner sideOffset={6} align="end" style={{ zIndex: 70 }}>
            <Popover.Popup className="menu pad" aria-label="Period">
              <RangeForm key={describeRange(range)} range={range} onPick={pick} />
            </Popover.Popup>
          </Popover.Positioner>
        </Popover.Portal>
      </Popover.Root>
    </div>
  )
}

function RangeForm({ range, onPick }: { range: Range; onPick: (range: Range) => void }) {
  const now = resolveRange(range, Date.now())
  const [from, setFrom] = useState(local(now.start))
  const [to, setTo] = useState(local(now.end))
  const [start, end] = [Date.parse(from), Date.parse(to)]
  const wrong = Number.isNaN(start) || Number.isNaN(end) || end <= start
  return (
    <form
      className="range-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (!wrong) onPick({ kind: 'fixed', start, end })
      }}
    >
      <span className="seg" style={{ justifySelf: 'start' }}>
        {spans.map((span) => (
          <button
            key={span}
            type="button"
            aria-pressed={range.kind === 'last' && range.span === span}
            onClick={() => onPick({ kind: 'last', span })}
          >
            {spanLabels[span]}
          </button>
        ))}
      </span>
      <div>
        <Field label="From" type="datetime-local" value={from} onChange={(e) => setFrom(e.target.value)} />
        <Field
          label="To"
          type="datetime-local"
          value={to}
          onChange={(e) => setTo(e.target.value)}
          wrong={wrong ? 'must be later than the start' : undefined}
        />
        <button type="submit" className="btn primary" disabled={wrong} style={{ width: '100%' }}>
          Show this period
        </button>
      </div>
    </form>
  )
}
