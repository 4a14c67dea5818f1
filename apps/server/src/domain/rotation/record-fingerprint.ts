import type { SyslogMessage } from '@decnet/kernel/syslog'
import { observeFingerprint } from './observe-fingerprint.ts'
import { rotationMessage } from './rotation-message.ts'
import type { Around, FingerprintState, Rotated, Sighting } from './sighting.ts'

/** What the library is given; all of it is synchronous. */
export interface RotationPorts {
  /** The row of this attacker, port and probe type; null when there is none; undefined when the attacker is not known at all. */
  readonly load: (sighting: Sighting) => FingerprintState | null | undefined
  /** What is known around a sighting that parts a stretch; absent where nobody knows more than the row. */
  readonly around?: Around
  /**
   * Keeps the row; with it change the attacker's `rotation_count` and `last_rotation_at`, in the same transaction. When it throws,
   * nothing is announced and the caller gets the error.
   */
  readonly commit: (sighting: Sighting, state: FingerprintState) => void
  /** Announces `attacker.fingerprint_rotated`. */
  readonly publish: (rotated: Rotated) => void
  /** Writes the rotation as a line; absent where whoever reads what was announced does that, after it was committed. */
  readonly syslog?: (message: SyslogMessage) => void
}

export interface Recorded {
  readonly outcome: 'no_attacker_row' | 'first_sighting' | 'unchanged' | 'rotated'
  /** The rotations that were not known before, in event time: two where one hash turned out to stand between two of another. */
  readonly rotated: readonly Rotated[]
  /** What publishing and logging threw: neither keeps the other from being done, nor undoes the row. */
  readonly failures: readonly unknown[]
}

function attempt(act: () => void): unknown[] {
  try {
    act()
    return []
  } catch (failure) {
    return [failure]
  }
}

/** Takes one fingerprint: compares, commits, and only then announces and logs a rotation. */
export function recordFingerprint(sighting: Sighting, { load, around, commit, publish, syslog }: RotationPorts): Recorded {
  const before = load(sighting)
  if (before === undefined) return { outcome: 'no_attacker_row', rotated: [], failures: [] }
  const observed = observeFingerprint(before, sighting, around)
  commit(sighting, observed.state)
  const rotated = observed.outcome === 'rotated' ? observed.rotated : []
  const failures = rotated.flatMap((one) => [...attempt(() => publish(one)), ...attempt(() => syslog?.(rotationMessage(one)))])
  return { outcome: observed.outcome, rotated, failures }
}
