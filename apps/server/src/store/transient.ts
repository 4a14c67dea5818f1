import { isNodeError } from '@decnet/kernel'

/** Trouble of the machine, not of the data: waited out by whoever writes. */
export const isTransient = (error: unknown): boolean =>
  isNodeError(error) && /^SQLITE_(FULL|BUSY|LOCKED|IOERR|CANTOPEN|READONLY|NOMEM|CORRUPT)/u.test(error.code ?? '')
