import { Copy } from 'lucide-react'
import { useMemo, useState } from 'react'
import { bytesOf, hexRows, type Run, runsOf, textOf } from '../bytes/view.ts'
import { size } from '../time/words.ts'
import { copy } from './copy.ts'
import { useWidth } from './use-width.ts'

function Runs({ runs }: { runs: readonly Run[] }) {
  return runs.map((run, i) =>
    run.kind === 'text' ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: runs are a cut of one string and never move
      <bdi key={i}>{run.shown}</bdi>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: runs are a cut of one string and never move
      <span key={i} className="mark" title={run.name}>
        {run.shown}
      </span>
    ),
  )
}

/** Text that an attacker chose, in one line: exact, isolated, cut at `most` characters with a note (`rest`) of how many are left out. */
export function Bytes({ text, most = 200, rest }: { text: string; most?: number; rest?: string }) {
  const runs = useMemo(() => runsOf(text, most), [text, most])
  const left = text.length > most ? Math.max(0, [...text.slice(0, 100_000)].length - most) : 0
  if (text === '') return <span className="faint">empty</span>
  return (
    <span className="bytes" dir="ltr">
      <Runs runs={runs} />
      {left > 0 && <span className="rest">{rest ?? ` … ${left > 90_000 ? 'very many' : left} more`}</span>}
    </span>
  )
}

/** The whole of it, as text or as bytes. `base64` wins over `text`: it is what was on the wire. */
export function BytesBox({
  text,
  base64,
  label,
  first = 'text',
}: {
  text: string
  base64?: string | null | undefined
  label: string
  /** The form to begin with. */
  first?: 'text' | 'hex'
}) {
  const [form, setForm] = useState(first)
  const bytes = useMemo(() => (base64 ? bytesOf(base64) : new TextEncoder().encode(text)), [text, base64])
  const runs = useMemo(() => runsOf(base64 ? textOf(bytes.subarray(0, 65_536)) : text, 65_536), [bytes, base64, text])
  return (
    <figure className="bytes-box">
      <div className="bytes-bar">
        <figcaption>
          {label} · {size(bytes.length)}
        </figcaption>
        <span style={{ flex: 1 }} />
        <span className="seg">
          {(['text', 'hex'] as const).map((f) => (
            <button key={f} type="button" aria-pressed={form === f} onClick={() => setForm(f)}>
              {f === 'text' ? 'Text' : 'Hex'}
            </button>
          ))}
        </span>
        <button type="button" className="btn quiet icon" aria-label={`Copy ${label}`} onClick={() => copy(text)}>
          <Copy aria-hidden />
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className="bytes-body" tabIndex={0} aria-label={label}>
        {bytes.length === 0 ? <span className="faint">empty</span> : form === 'text' ? <TextForm runs={runs} /> : <HexForm bytes={bytes} />}
      </section>
    </figure>
  )
}

function TextForm({ runs }: { runs: readonly Run[] }) {
  return (
    <span className="bytes" dir="ltr">
      <Runs runs={runs} />
    </span>
  )
}

/** Pixels that sixteen bytes a row need. */
const wideHex = 500

function HexForm({ bytes }: { bytes: Uint8Array }) {
  const [ref, width] = useWidth<HTMLDivElement>()
  return (
    <div className="hex" ref={ref}>
      {hexRows(bytes, width >= wideHex ? 16 : 8).map((row) => (
        <div key={row.offset}>
          <span className="o">{row.offset}</span> {row.hex} <span className="a">{row.ascii}</span>
        </div>
      ))}
      {bytes.length > 4096 && <div className="o">… {bytes.length - 4096} bytes more</div>}
    </div>
  )
}

/** A sentence that may carry what an attacker chose: in the type of the page, but with the same care. */
export function Prose({ text, most = 400 }: { text: string; most?: number }) {
  const runs = useMemo(() => runsOf(text, most), [text, most])
  return (
    <span className="prose">
      <Runs runs={runs} />
      {text.length > most && ' …'}
    </span>
  )
}
