import type { MessagePort } from 'node:worker_threads'
import type { Stack } from '@decnet/persona'
import type { Bell } from './sockets.ts'

/** A host whose packets are watched. */
export interface Watched {
  readonly name: string
  readonly stack: Stack
  readonly seed: number
  /** Descriptors of its namespace; the thread closes them. */
  readonly queue: number
  readonly sender: number
}

export type ThreadOrder =
  | { readonly do: 'watch'; readonly host: Watched; readonly openTcp: readonly number[] }
  | { readonly do: 'open'; readonly name: string; readonly openTcp: readonly number[] }
  | { readonly do: 'leave'; readonly name: string }
  | { readonly do: 'stop' }

export interface ThreadData {
  readonly port: MessagePort
  /** Rung after each order. */
  readonly bell: Bell
  /** Orders that were obeyed. */
  readonly done: Int32Array<SharedArrayBuffer>
}
