import { AppError } from '@decnet/kernel'
import pc from 'picocolors'
import { plural } from '../domain/plural.ts'
import { visible } from '../domain/visible.ts'
import { secretOf } from '../domain/visible-bytes.ts'
import { canonicalOf, named } from '../store/groups.ts'
import { identitiesOf } from '../store/identities.ts'
import { reads } from '../store/reads.ts'
import { type CommandDefinition, commonOptions, databaseOption } from './command.ts'
import { ago, print, printJson } from './output.ts'
import { exactly, pathOf, principalOf } from './secret.ts'
import { openStored } from './stored.ts'
import { printTable } from './table.ts'

export const attacker: CommandDefinition = {
  options: [...commonOptions, databaseOption],
  examples: ['decnet attacker 203.0.113.7', 'decnet attacker 203.0.113.7 --json | jq .sessions'],
  async run({ args, options }) {
    const { store } = await openStored(options)
    try {
      const read = reads(store)
      const key = args[0] ?? ''
      const found = await read['attackers.find'](key)
      if (!found)
        throw new AppError(`Nobody is known as ${visible(key)}.`, { code: 'attacker_unknown', hint: '`decnet attackers` lists everybody.' })
      const [sessions, commands, requests, credentials, artifacts] = await Promise.all([
        read['sessions.list']({ attacker: found.uuid, limit: 100, offset: 0 }),
        read['attackers.commands']({ ip: found.ip, limit: 100, offset: 0 }),
        read['attackers.commands']({ ip: found.ip, kind: 'request', limit: 100, offset: 0 }),
        read['credentials.list']({ attackerIp: found.ip, sortBy: 'last_seen', order: 'desc', limit: 100, offset: 0 }),
        read['attackers.artifacts']({ ip: found.ip, limit: 100, offset: 0 }),
      ])
      const identity = (await identitiesOf(store.db, [found.uuid])).get(found.uuid)
      const campaign = identity === undefined ? undefined : (await canonicalOf(store.db, 'campaign', [identity])).get(identity)
      if (options.json) {
        printJson({
          ...found,
          identity: identity === undefined ? null : named(identity),
          campaign: campaign === undefined ? null : named(campaign),
          sessions: sessions.data,
          commands: commands.data,
          requests: requests.data,
          credentials: credentials.data,
          artifacts: artifacts.data,
        })
        return 0
      }
      const now = Date.now()
      print(`${pc.bold(visible(found.ip))}  score ${found.score} (${found.severity})  ${pc.dim(found.uuid)}`)
      print(`${visible(found.headline)}.`)
      print(
        pc.dim(
          `First seen ${ago(Date.parse(found.first_seen), now)}, last ${ago(Date.parse(found.last_seen), now)}; ${found.score_parts.map((part) => `${part.points} for ${part.part}`).join(', ')}.`,
        ),
      )
      const groups = Object.entries({ Identity: identity, Campaign: campaign }).flatMap(([kind, uuid]) =>
        uuid === undefined ? [] : `${kind} ${pc.bold(named(uuid).code_name)}  ${pc.dim(uuid)}`,
      )
      if (groups.length > 0) print(groups.join('\n'))
      print(`\n${pc.bold('Sessions')} ${sessions.total}`)
      printTable(
        ['Start', 'Decky', 'Service', 'Lasted', 'User', 'Did'],
        sessions.data.map((row) => [
          row.started_at,
          visible(row.decky),
          visible(row.service),
          row.duration_s === null ? 'open' : `${row.duration_s.toFixed(1)} s`,
          visible(row.principal ?? '', 24),
          `${plural(row.command_count, 'command')}, ${plural(row.credential_count, 'log-in attempt')}${row.logged_in ? ', got in' : ''}`,
        ]),
        'None.',
      )
      print(`\n${pc.bold('Credentials')} ${credentials.total}`)
      printTable(
        ['User', 'Secret', 'Where', 'Tries', 'Outcome'],
        credentials.data.map((row) => [
          principalOf(row, 32),
          secretOf(row, 48),
          `${visible(row.decky)}/${visible(row.service)}`,
          row.attempt_count,
          row.outcome,
        ]),
        'None.',
      )
      print(`\n${pc.bold('Commands')} ${commands.total}`)
      printTable(
        ['Time', 'Where', 'Command'],
        commands.data.map((row) => [row.timestamp, `${visible(row.decky)}/${visible(row.service)}`, exactly(row, 160)]),
        'None.',
      )
      if (requests.total > 0) {
        print(`\n${pc.bold('Requests')} ${requests.total} ${pc.dim('verbs of a protocol')}`)
        printTable(
          ['Time', 'Where', 'Request'],
          requests.data.map((row) => [row.timestamp, `${visible(row.decky)}/${visible(row.service)}`, exactly(row, 160)]),
          'None.',
        )
      }
      if (artifacts.total > 0) {
        print(`\n${pc.bold('Files')} ${artifacts.total}`)
        printTable(
          ['Time', 'Path', 'Bytes', 'SHA-256'],
          artifacts.data.map((row) => [row.timestamp, pathOf(row, 48) ?? row.kind, row.size, row.sha256]),
          'None.',
        )
      }
      return 0
    } finally {
      await store.close()
    }
  },
}
