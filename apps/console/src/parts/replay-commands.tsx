import { playhead } from '../time/words.ts'
import { Bytes } from './bytes.tsx'

export interface CommandRow {
  readonly seq: number
  readonly timestamp: string
  readonly command: string
}

/** What was typed, beside the recording; a click goes there. `placeOf`: a time to seconds on the player's clock. */
export function ReplayCommands({
  commands,
  placeOf,
  at,
  length,
  onSeek,
}: {
  commands: readonly CommandRow[]
  placeOf: (ms: number) => number
  at: number
  length: number
  onSeek: (seconds: number) => void
}) {
  if (commands.length === 0) return null
  const offsetOf = (c: CommandRow) => placeOf(Date.parse(c.timestamp))
  const current = at === 0 ? undefined : commands.findLast((c) => offsetOf(c) <= at + 0.2)
  return (
    <ol className="replay-cmds" aria-label="Commands in this session">
      {commands.map((c) => (
        <li key={c.seq}>
          <button type="button" data-on={c === current || undefined} onClick={() => onSeek(Math.max(0, offsetOf(c) - 0.5))}>
            <span className="mono faint">{playhead(offsetOf(c), length)}</span>
            <span className="cut">
              <Bytes text={c.command} most={120} />
            </span>
          </button>
        </li>
      ))}
    </ol>
  )
}
