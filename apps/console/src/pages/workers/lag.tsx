import type { Worker } from '@decnet/contracts/api'
import { Sparkline } from '../../parts/sparkline.tsx'
import { figure, plural } from '../../time/words.ts'

/** Records behind the head of the log: now, and over the last minutes. */
export function Lag({ worker: { lag, lag_history: history } }: { worker: Worker }) {
  if (lag === null)
    return (
      <span className="faint w-none" title="It does not read the log">
        –
      </span>
    )
  const series = [...history, lag]
  const most = Math.max(...series)
  const label = `${plural(lag, 'record')} behind; at most ${figure(most)} in the last ${plural(Math.max(1, Math.round(series.length / 6)), 'minute')}`
  return (
    <span className="w-lag-in" title={label}>
      {series.length > 1 && <Sparkline series={series} width={96} label={label} />}
      <span className={lag === 0 ? 'faint' : undefined}>{figure(lag)}</span>
    </span>
  )
}
