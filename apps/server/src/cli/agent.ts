import { AppError } from '@decnet/kernel'
import pc from 'picocolors'
import { readEnvironment } from '../config.ts'
import { homeAt } from '../home.ts'
import type { FleetReady } from '../supervisor/supervise.ts'
import { type CommandDefinition, commonOptions } from './command.ts'
import { print, printJson } from './output.ts'
import { failedWords, upWords } from './up.ts'

const whereTo = ({ nats }: FleetReady, home: string): string =>
  nats === false
    ? `NATS does not answer yet: what they see waits in ${home} until it does.`
    : `What they see goes to NATS; it waits in ${home} while that is away.`

export const agent: CommandDefinition = {
  examples: [
    'decnet agent --nats nats://10.0.0.5:4222 --name edge-1',
    'DECNET_NATS_CREDENTIALS=/etc/decnet/edge.creds decnet agent --nats tls://nats.lab:4222',
  ],
  options: [
    ...commonOptions,
    { flags: '--nats <url>', description: 'where the events go (DECNET_NATS_URL)' },
    { flags: '--name <name>', description: 'what this sensor is called there, always the same (DECNET_AGENT_NAME; default this host)' },
  ],
  async run({ options }) {
    const asked = new AbortController()
    const stopping = new Promise<void>((resolve) => asked.signal.addEventListener('abort', () => resolve(), { once: true }))
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => asked.abort())
    const given = {
      ...(typeof options.nats === 'string' && { DECNET_NATS_URL: options.nats }),
      ...(typeof options.name === 'string' && { DECNET_AGENT_NAME: options.name }),
    }
    const env = readEnvironment(options.home, given)
    if (!env.nats)
      throw new AppError('Nobody said where the events go.', {
        code: 'nats_unknown',
        hint: 'Name the NATS server of your fleet: decnet agent --nats nats://10.0.0.5:4222',
      })
    const notice = (text: string) => process.stderr.write(`${text}\n`)
    try {
      const { supervise } = await import('../supervisor/supervise.ts')
      const listen = { host: '127.0.0.1', port: 0 }
      const running = await supervise({
        role: 'agent',
        home: homeAt(env.home),
        listen,
        consoleFolder: null,
        env: env.passedOn,
        notice,
        signal: asked.signal,
      })
      if (options.json) printJson({ agent: env.agentName, ...running.ready })
      else {
        print(`\n${upWords(running.ready, `The deckies of ${env.agentName} are up.`)}  ${whereTo(running.ready, env.home)}`)
        for (const decky of running.ready.deckies)
          print(
            `  ${pc.bold(decky.ip.padEnd(14))} ${decky.name.padEnd(14)} ${decky.services.map((service) => `${service.name}:${service.port}`).join('  ')}`,
          )
        for (const line of failedWords(running.ready.failed)) print(line)
        print(pc.dim('  Ctrl-C stops everything.\n'))
      }
      try {
        await Promise.race([stopping, running.failed])
      } finally {
        await running.stop()
      }
    } catch (error) {
      if (error !== asked.signal.reason) throw error
    }
    return 0
  },
}
