import type { Role } from '@decnet/contracts/api'
import type { Bus } from '@decnet/kernel/bus'
import type { Logger } from '@decnet/kernel/logging'
import type { Home } from '../home.ts'
import type { RuleDesk } from '../rules/rule-desk.ts'
import type { Reads } from '../store/reads.ts'
import type { SimilarReads } from '../store/similar.ts'
import type { Pipeline } from '../threads/operations.ts'
import type { Call } from '../threads/rpc.ts'
import type { LoginLimits } from './auth/login-limits.ts'
import type { LiveTail } from './live.ts'
import type { WorkerBoard } from './worker-board.ts'

/** What routes work with. */
export interface ApiContext {
  readonly read: Call<Reads>
  readonly write: Call<Pipeline>
  /** What the vector store answers. */
  readonly similar: Call<SimilarReads>
  /** What rules there are, and what they say to evidence. */
  readonly rules: Call<RuleDesk>
  readonly bus: Bus
  readonly home: Home
  readonly logger: Logger
  readonly live: LiveTail
  readonly board: WorkerBoard
  readonly limits: LoginLimits
  readonly now: () => number
}

/** Who asks. */
export interface Caller {
  readonly uuid: string
  readonly username: string
  readonly role: Role
  readonly mustChangePassword: boolean
  /** SHA-256 of the token that was shown. */
  readonly tokenSha256: string
}
