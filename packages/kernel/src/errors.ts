export interface AppErrorOptions {
  /** Stable, for programs: `home_permissions`, `port_taken`. */
  readonly code: string
  /** HTTP status where the API shows it; 500 by default. */
  readonly status?: number
  /** What to do about it, a sentence for the operator. */
  readonly hint?: string
  readonly cause?: unknown
  /** Fields of a request that were refused; where in it, of one that is a text. */
  readonly fields?: readonly { readonly field: string; readonly message: string; readonly line?: number; readonly column?: number }[]
}

/** A broken promise with a name. Expected outcomes are values, not errors. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: string
  readonly status: number
  readonly hint: string | undefined
  readonly fields: AppErrorOptions['fields']
  constructor(message: string, options: AppErrorOptions) {
    super(message, { cause: options.cause })
    this.code = options.code
    this.status = options.status ?? 500
    this.hint = options.hint
    this.fields = options.fields
  }
}

export const isNodeError = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && 'code' in error
