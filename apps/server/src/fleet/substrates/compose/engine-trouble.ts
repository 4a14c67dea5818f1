import { AppError } from '@decnet/kernel'
import { openEngine, socketOf } from './engine.ts'

/** Why no fleet in containers could stand now, and the way out; null where an engine answers. */
export async function engineTrouble(dockerHost: string | undefined): Promise<string | null> {
  try {
    const engine = openEngine(socketOf(dockerHost))
    try {
      await engine.cardWithNetwork()
      return null
    } finally {
      engine.close()
    }
  } catch (error) {
    const { message, hint } = error instanceof AppError ? error : { message: `Docker refused: ${String(error)}`, hint: undefined }
    return hint === undefined ? message : `${message} ${hint}`
  }
}
