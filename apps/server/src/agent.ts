import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { AppError, isNodeError } from '@decnet/kernel'
import { heartbeat } from '@decnet/kernel/bus'
import { createLogger } from '@decnet/kernel/logging'
import { connectNatsBus, publishIntake } from '@decnet/nats'
import { type DeckyPlan, planFleet } from '@decnet/persona'
import { services } from '@decnet/services'
import { busSettings, readEnvironment } from './config.ts'
import { type Home, homeAt } from './home.ts'
import { spoolIntake } from './intake/spool-intake.ts'
import { release } from './release.ts'
import { obeySupervisor, type Say, type Serving } from './supervisor/obey.ts'
import type { ToServer } from './supervisor/protocol.ts'

const read = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isNodeError(error) && error.code === 'ENOENT') return null
    throw error
  }
}

/** Whoever reads it finds the one or the other, never half of one. */
function write(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600, flush: true })
  renameSync(`${path}.new`, path)
}

/** The fleet of this host: planned once, kept in the home; afterwards only its addresses follow the subnet. */
function planOf(home: Home, subnet: string): DeckyPlan[] {
  const path = join(home.path, 'plan.json')
  const known = read(path)
  const plan =
    known === null
      ? planFleet({ seed: randomBytes(16).toString('hex'), subnet, now: Date.now(), knownServices: services })
      : (JSON.parse(known) as DeckyPlan[]).map((decky) => ({ ...decky, ip: `${subnet}.${decky.ip.split('.')[3]}` }))
  write(path, JSON.stringify(plan))
  return plan
}

/** In the server's place on a host that only plays deckies: plans them, and sends what the sensor wrote to the intake of a server elsewhere. */
async function serve(start: Extract<ToServer, { type: 'start' }>, say: Say): Promise<Serving> {
  const env = readEnvironment(start.home)
  const home = homeAt(env.home)
  const { nats } = busSettings(env, home)
  if (!nats)
    throw new AppError('Nobody said where NATS is.', { code: 'nats_unknown', hint: 'Name it: decnet agent --nats nats://10.0.0.5:4222' })
  const name = env.agentName
  const logger = createLogger({ name: 'agent', level: env.logLevel })
  const stateFile = join(home.run, 'sent')
  const bus = await connectNatsBus({ ...nats, name: `agent ${name}`, logger })
  const publisher = await publishIntake({
    ...nats,
    name: `sensor ${name}`,
    logger,
    intake: spoolIntake({ directory: home.spool, source: name }),
    source: name,
    state: read(stateFile),
    store: (state) => write(stateFile, state),
  })
  let restarts = 0
  const pulse = heartbeat(bus, 'agent', {
    extra: () => ({ kind: 'process', instance: name, host: hostname(), pid: process.pid, build: release, restarts, ...publisher.status }),
    logger,
  })
  say({ type: 'plan', generation: 1, network: { substrate: 'loopback' }, plan: planOf(home, start.subnet) })
  say({ type: 'ready', console: null, adminPassword: null, natsAnswers: publisher.status.connected })
  return {
    fleet: async () => undefined,
    ring: async () => publisher.wake(),
    alive(message) {
      restarts = message.restarts.server + message.restarts.sensor
    },
    async close() {
      pulse[Symbol.dispose]()
      await publisher.close()
      await bus.close()
    },
  }
}

obeySupervisor(serve)
