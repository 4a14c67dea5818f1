/** Bytes of uploads that all connections to one decky may hold at once; a larger one meets a full disk. */
export interface UploadBudget {
  take(bytes: number): boolean
  give(bytes: number): void
}

export function uploadBudget(limit: number): UploadBudget {
  let held = 0
  return {
    take(bytes) {
      if (held + bytes > limit) return false
      held += bytes
      return true
    },
    give(bytes) {
      held -= bytes
    },
  }
}
