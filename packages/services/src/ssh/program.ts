/** What runs behind a channel: a shell, an exec, scp, the sftp subsystem. */
export interface Program {
  input(data: Buffer): void
  /** The client sends no more. */
  inputEnd(): void
  resize(columns: number, rows: number): void
  /** The channel is gone. */
  hangup(): void
}
export interface Terminal {
  readonly term: string
  readonly columns: number
  readonly rows: number
}
export type Start =
  | { readonly kind: 'shell' }
  | { readonly kind: 'exec'; readonly command: Buffer }
  | { readonly kind: 'subsystem'; readonly name: string }

/** What a program is given. */
export interface ProgramContext {
  readonly start: Start
  readonly terminal: Terminal | null
  readonly env: Readonly<Record<string, string>>
  stdout(data: Uint8Array): void
  stderr(data: Uint8Array): void
  /** Bytes of output that the client has not taken yet. */
  readonly queued: () => number
  onDrained(callback: () => void): void
  /** It is over; at most once. */
  exit(status: number): void
}
/** Null when there is no such subsystem. */
export type Launch = (context: ProgramContext) => Program | null
