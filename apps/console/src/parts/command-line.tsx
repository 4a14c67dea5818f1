import { Copy } from 'lucide-react'
import { copy } from './copy.ts'

/** A line for one's own terminal, with a button that copies it. */
export function CommandLine({ line }: { line: string }) {
  return (
    <span className="cmd">
      <code className="mono cut">{line}</code>
      <button type="button" className="btn quiet icon" aria-label={`Copy: ${line}`} onClick={() => copy(line)}>
        <Copy aria-hidden />
      </button>
    </span>
  )
}
