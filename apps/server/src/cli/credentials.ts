import { visible } from '../domain/visible.ts'
import { secretOf } from '../domain/visible-bytes.ts'
import { reads } from '../store/reads.ts'
import { type CommandDefinition, commonOptions, databaseOption } from './command.ts'
import { wholeNumber } from './numbers.ts'
import { printJson } from './output.ts'
import { principalOf } from './secret.ts'
import { openStored } from './stored.ts'
import { printTable } from './table.ts'

export const credentials: CommandDefinition = {
  options: [
    ...commonOptions,
    databaseOption,
    { flags: '--reuse', description: 'secrets used on two or more targets' },
    { flags: '--search <text>', description: 'part of a user, secret, address, decky or service' },
    { flags: '--limit <n>', description: 'at most this many', default: '50' },
  ],
  examples: [
    'decnet credentials',
    'decnet credentials --reuse',
    "decnet credentials --json | jq -r '.data[] | [.principal, .secret_b64] | @tsv'",
  ],
  async run({ options }) {
    const { store } = await openStored(options)
    try {
      const limit = wholeNumber(options.limit, '--limit', 1, 1000)
      if (options.reuse === true) {
        const page = await reads(store)['reuse.list']({ minTargetCount: 2, limit, offset: 0 })
        if (options.json) printJson(page)
        else {
          printTable(
            ['User', 'Secret', 'Targets', 'Where', 'From'],
            page.data.map((row) => [
              principalOf(row, 32),
              secretOf(row, 40),
              row.target_count,
              visible(row.targets.map((target) => `${target.decky}/${target.service}`).join(' '), 60),
              visible(row.attacker_ips.join(' '), 48),
            ]),
            'No secret was used on two targets yet.',
          )
        }
        return 0
      }
      const page = await reads(store)['credentials.list']({
        sortBy: 'last_seen',
        order: 'desc',
        limit,
        offset: 0,
        search: options.search as string | undefined,
      })
      if (options.json) printJson(page)
      else {
        printTable(
          ['User', 'Secret', 'Kind', 'From', 'On', 'Tries', 'Outcome'],
          page.data.map((row) => [
            principalOf(row, 32),
            secretOf(row, 40),
            row.secret_kind,
            visible(row.attacker_ip),
            `${visible(row.decky)}/${visible(row.service)}`,
            row.attempt_count,
            row.outcome,
          ]),
          'No credential was tried yet.',
        )
      }
      return 0
    } finally {
      await store.close()
    }
  },
}
