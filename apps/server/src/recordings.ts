import { AppError } from '@decnet/kernel'
import { openEvidence, smallEvidence } from './api/evidence.ts'
import type { Home } from './home.ts'
import type { Recordings } from './workers/behaviour/worker.ts'

/** Up to here a recording is read at once: most are of one command, and cost less than the trips of a stream. */
const SMALL = 64 * 1024

async function* once(whole: Uint8Array): AsyncIterable<Uint8Array> {
  yield whole
}

/** Recordings that sensors and imports left in a home. */
export const recordingsIn = (home: Home): Recordings => ({
  async read(replay) {
    try {
      const whole = smallEvidence(home, 'replay', replay, SMALL)
      if (whole) return once(whole)
      return (await openEvidence(home, 'replay', replay)).stream
    } catch (error) {
      if (error instanceof AppError) return null
      throw error
    }
  },
})
