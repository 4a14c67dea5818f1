import { AppError } from '@decnet/kernel'

/** What a thread says instead of that it is ready. */
export interface StartFailure {
  readonly failed: { readonly message: string; readonly code?: string; readonly hint?: string }
}

export function startFailure(error: unknown): StartFailure {
  const app = error instanceof AppError ? { code: error.code, ...(error.hint === undefined ? {} : { hint: error.hint }) } : {}
  return { failed: { message: error instanceof Error ? error.message : String(error), ...app } }
}
