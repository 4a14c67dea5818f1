import type { LogRecord } from '@decnet/kernel/log'
import { createLogger } from '@decnet/kernel/logging'
import { Doorbell } from '@decnet/kernel/worker'
import pc from 'picocolors'
import { busSettings } from '../config.ts'
import { joinBus } from '../connections.ts'
import { visible } from '../domain/visible.ts'
import { reads } from '../store/reads.ts'
import { type CommandDefinition, commonOptions, databaseOption } from './command.ts'
import { environmentOf } from './home-of.ts'
import { wholeNumber } from './numbers.ts'
import { print, printJson } from './output.ts'
import { fieldOf } from './secret.ts'
import { openStored } from './stored.ts'

const PAGE = 500

const shown = (record: LogRecord) => ({
  seq: record.seq,
  id: record.id,
  topic: record.topic,
  timestamp: new Date(record.ts).toISOString(),
  event_type: record.type,
  decky: record.decky,
  service: record.service,
  attacker_ip: record.attackerIp,
  session_id: record.sessionId,
  fields: record.body,
})

function line(record: LogRecord): string {
  const fields = Object.entries(record.body)
    .map(([name, value]) => fieldOf(name, value, 80))
    .map(([name, text]) => `${pc.dim(`${name}=`)}${text}`)
    .join(' ')
  const where = [record.decky, record.service].filter(Boolean).join('/')
  return `${pc.dim(new Date(record.ts).toISOString())} ${visible(record.attackerIp ?? '-').padEnd(15)} ${visible(where).padEnd(20)} ${pc.bold(visible(record.topic === 'system.log' ? record.type : record.topic))} ${fields}`
}

export const events: CommandDefinition = {
  options: [
    ...commonOptions,
    databaseOption,
    { flags: '--follow', description: 'stay, and print new records as they come' },
    { flags: '--query <search>', description: "the API's search grammar: decky:web-01 service:ssh event:command -attacker:10.0.0.1 text" },
    { flags: '--limit <n>', description: 'the last n records that match', default: '100' },
  ],
  examples: [
    'decnet events --limit 20',
    "decnet events --follow --query 'event:auth_attempt outcome:success'",
    'decnet events --follow --json | jq -c .fields',
  ],
  async run({ options }) {
    const { home, store } = await openStored(options)
    const read = reads(store)
    const search = options.query as string | undefined
    const show = (record: LogRecord) => (options.json ? printJson(shown(record)) : print(line(record)))
    try {
      const { head } = await read['log.bounds']()
      const page = await read['log.search']({
        search,
        before: head + 1,
        limit: wholeNumber(options.limit, '--limit', 0, 100_000),
        offset: 0,
      })
      for (const record of page.data.toReversed()) show(record)
      if (!options.follow) {
        if (page.data.length === 0 && !options.json) print(search === undefined ? 'Nothing has happened yet.' : 'Nothing matches.')
        return 0
      }
      const bus = await joinBus(busSettings(environmentOf(options), home), 'events', createLogger({ name: 'events', level: 'silent' }))
      const bell = new Doorbell()
      const subscription = bus.as('events').subscribe('>')
      void (async () => {
        for await (const event of subscription) if (event) bell.ring()
      })()
      let after = head
      for (;;) {
        const { records, scanned } = await read['log.after']({ search, after, limit: PAGE })
        for (const record of records) show(record)
        after = scanned
        if (records.length < PAGE) await bell.wait(1_000)
      }
    } finally {
      await store.close()
    }
  },
}
