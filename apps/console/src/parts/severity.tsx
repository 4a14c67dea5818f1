import type { Severity } from '@decnet/contracts/api'

const letters: Record<Severity, string> = { info: 'I', low: 'L', medium: 'M', high: 'H', critical: 'C' }

/** A letter and a colour: readable without seeing the colour. */
export function SeverityBadge({ severity, word }: { severity: Severity; word?: string | undefined }) {
  return (
    <span className={word ? 'sev word' : 'sev'} data-s={severity} title={`Severity: ${severity}`}>
      {word ?? letters[severity]}
      {!word && <span className="sr"> severity {severity}</span>}
    </span>
  )
}
