import type { FleetNetwork } from '@decnet/contracts'
import type { DeckyPlan } from '@decnet/persona'
import type { BoundService } from '../../supervisor/protocol.ts'

export type PlannedService = DeckyPlan['services'][number]

/** A bound TCP socket without an accept loop: passed on raw, whoever listens on it accepts. */
export interface RawHandle {
  close(): void
  getsockname(out: { port?: number; address?: string }): number
}

/** A service as it came to be reachable. Without a handle nobody here serves it: it could not be opened, or it has a process elsewhere. */
export interface Listener {
  readonly bound: BoundService
  readonly handle: RawHandle | undefined
}

/** A host as the system that carries it says it stands. */
export interface SeenHost {
  readonly name: string
  readonly ip: string
  readonly ip6: string | null
  readonly mac: string | null
  /** Services that have a process of their own there and run; null where services are the sensor's. */
  readonly services: readonly string[] | null
}

/**
 * What carries the hosts of a fleet. Everything it makes bears the fleet's mark, so that another process finds it again.
 * Every method may fail with an {AppError} that says what to do.
 */
export interface Substrate {
  readonly name: FleetNetwork['substrate']
  /** Hosts that stand, asked of the system and not of memory; null when it cannot be asked now: then nothing is known, and nothing gone. */
  inspect(): Promise<readonly SeenHost[] | null>
  /** Makes the host, or takes it on when it stands already as planned. */
  raise(decky: DeckyPlan): Promise<SeenHost>
  /** Removes the host; one that is gone already is no error. */
  lower(decky: string): Promise<void>
  /** Opens one service of a host that stands. What cannot be opened has no port, and says why. */
  open(decky: DeckyPlan, service: PlannedService): Promise<Listener>
  /** Closes what `open` made. */
  shut(listener: Listener): Promise<void>
  /** Removes every host that bears the mark, and ends. */
  remove(): Promise<void>
}
