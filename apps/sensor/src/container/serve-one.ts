import { accessSync, constants, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AppError, isNodeError } from '@decnet/kernel'
import type { AnyService, ServiceLogger } from '@decnet/kernel/service'
import { openEvidence } from '../evidence/open-evidence.ts'
import { createSensor, type Sensor } from '../sensor.ts'
import { openSpool } from '../spool/open-spool.ts'
import { bind } from './bind.ts'
import type { ContainerOrder } from './order.ts'

/** What one container may keep, bytes: a host has several, a machine many. */
const SPOOL_BYTES = 256 * 1024 * 1024
const EVIDENCE_BYTES = 512 * 1024 * 1024
const MEMORY_BYTES = 16 * 1024 * 1024
/** Sessions that fell silent are closed by it: not sooner than they could be, and each costs a line in the log. */
const TICK_MS = 30_000

/** Whoever keeps nothing serves in vain. @throws {AppError} `folder_closed`. */
function checkFolder(directory: string): void {
  for (const name of ['spool', 'artifacts', 'replays']) {
    const folder = join(directory, name)
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      accessSync(folder, constants.W_OK | constants.X_OK)
    } catch (cause) {
      const why = isNodeError(cause) ? cause.code : String(cause)
      throw new AppError(`what it sees cannot be kept: ${folder} is not to be written (${why})`, { code: 'folder_closed', cause })
    }
  }
}

export interface OneService {
  readonly sensor: Sensor
  readonly port: number
  close(): Promise<void>
}

/**
 * Serves one service of one host on the host's own address, and keeps what it sees below `directory` (`spool/`, `artifacts/`, `replays/`).
 * @throws {AppError} when it cannot listen or keep what it sees, with what stands in its way.
 */
export async function serveOne(
  { plan, service }: ContainerOrder,
  { directory, services, logger }: { readonly directory: string; readonly services: readonly AnyService[]; readonly logger: ServiceLogger },
): Promise<OneService> {
  const wanted = plan.services.find(({ name }) => name === service)
  if (!wanted) throw new AppError(`${plan.name} has no service ${service}.`, { code: 'order' })
  checkFolder(directory)
  // Nothing else has an address here: one socket takes both families.
  const { handle, port } = bind(plan.ip6 === undefined ? plan.ip : '::', wanted.port)
  const spool = openSpool({ directory: `${directory}/spool`, quotaBytes: SPOOL_BYTES, queueBytes: MEMORY_BYTES })
  const evidence = await openEvidence({ directory, quotaBytes: EVIDENCE_BYTES, memoryBytes: MEMORY_BYTES })
  const elsewhere = Object.fromEntries(plan.services.filter((each) => each !== wanted).map(({ name, port }) => [name, port]))
  const sensor = createSensor({ plan: [plan], services, sink: (event) => spool.write(event), evidence, logger, elsewhere })
  const ticking = setInterval(() => sensor.tick(), TICK_MS)
  const close = async () => {
    clearInterval(ticking)
    await sensor.close()
    await evidence.close()
    await spool.close()
  }
  const refused = await sensor.listen(plan.name, service, port, handle)
  if (refused !== null) {
    await close()
    throw new AppError(`${service} does not listen: ${refused}`, { code: 'listen_failed' })
  }
  sensor.started()
  return { sensor, port, close }
}
