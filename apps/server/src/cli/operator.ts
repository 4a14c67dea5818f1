import { userInfo } from 'node:os'

/** Who asks, as it is written down. */
export function operator(): string {
  try {
    return `${userInfo().username} (command line)`
  } catch {
    // Some containers have no name for their user.
    return `user ${process.getuid?.() ?? 'unknown'} (command line)`
  }
}
