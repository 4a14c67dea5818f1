import { createLogger } from '@decnet/kernel/logging'
import { createFaultLog, describeError } from '@decnet/kernel/service'
import { services } from '@decnet/services'
import { readConfig } from '../config.ts'
import { dropPrivileges } from '../privileges.ts'
import { readOrder } from './order.ts'
import { type OneService, serveOne } from './serve-one.ts'

/** The folder that is mounted: the order, and where everything is kept. */
const FOLDER = '/data'
/** From the wish to stop to the end, whatever hangs. */
const EXIT_MS = 2_800

/** The sensor of a container: one service of one host, told by a file, without a supervisor. Whoever started it reads `serving` in its log. */
const logger = createLogger({ name: 'sensor', level: readConfig().logLevel })
const logEarly = createFaultLog(logger, 'sensor', 'sensor', Date.now)
let serving: OneService | undefined
let stopping = false

async function stop() {
  if (stopping) return
  stopping = true
  setTimeout(() => process.exit(1), EXIT_MS).unref()
  await serving?.close()
  process.exit(0)
}
const survive = (error: unknown) => {
  if (serving) serving.sensor.uncaught(error)
  else logEarly(error, 'nobody caught an error')
}
process.on('uncaughtException', survive)
process.on('unhandledRejection', survive)
process.on('SIGTERM', () => void stop())
process.on('SIGINT', () => void stop())

try {
  // A container begins without any right; one that was started as root does not serve.
  dropPrivileges({})
  serving = await serveOne(readOrder(`${FOLDER}/service.json`), { directory: FOLDER, services, logger })
  logger.info({ port: serving.port }, 'serving')
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error)
  logger.error({ reason, ...describeError(error) }, 'the service cannot be served')
  process.exit(1)
}
