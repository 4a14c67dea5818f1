import { tarpitRequest } from '@decnet/contracts/api'
import { AppError } from '@decnet/kernel'
import { visible } from '../domain/visible.ts'
import { tarpitDesk } from '../fleet/tarpit.ts'
import { tarpitsOf } from '../store/tarpits.ts'
import { type CommandDefinition, commonOptions, databaseOption } from './command.ts'
import { withFleet } from './fleet-store.ts'
import { wholeNumber } from './numbers.ts'
import { operator } from './operator.ts'
import { print, printJson } from './output.ts'
import { printTable } from './table.ts'

const paceOf = ({ accept_ms, bytes_per_second }: { accept_ms: number; bytes_per_second: number }): string =>
  [accept_ms > 0 ? `first word after ${accept_ms} ms` : '', bytes_per_second > 0 ? `${bytes_per_second} bytes/s` : '']
    .filter(Boolean)
    .join(', ')

/** Shows, sets or ends the tarpits of a decky. */
export const tarpit: CommandDefinition = {
  options: [
    { flags: '--delay <ms>', description: 'before the first word, 300,000 at most' },
    { flags: '--rate <bytes>', description: 'bytes a second at most' },
    { flags: '--off', description: 'hold up nobody any longer' },
    ...commonOptions,
    databaseOption,
  ],
  examples: ['decnet tarpit web-01', 'decnet tarpit web-01 ssh --delay 5000 --rate 4', 'decnet tarpit web-01 --off'],
  run: ({ args: [decky, ...services], options }) =>
    withFleet(options, async ({ store, log, played }) => {
      if (decky === undefined) throw new AppError('Say which decky.', { code: 'usage', hint: 'decnet tarpit web-01 ssh --rate 4' })
      const { delay, rate, off } = options
      if (off === true && (delay !== undefined || rate !== undefined))
        throw new AppError('--off takes neither --delay nor --rate.', { code: 'usage', hint: `decnet tarpit ${visible(decky)} --off` })
      if (off !== true && delay === undefined && rate === undefined && services.length > 0)
        throw new AppError('Say how: --delay, --rate or --off.', {
          code: 'usage',
          hint: `decnet tarpit ${visible(decky)} ${visible(services[0] ?? '')} --rate 4`,
        })
      if (off === true || delay !== undefined || rate !== undefined) {
        const pace = {
          accept_ms: delay === undefined ? 0 : wholeNumber(delay, '--delay', 0, 300_000),
          bytes_per_second: rate === undefined ? 0 : wholeNumber(rate, '--rate', 0, 1_000_000),
        }
        if (off !== true && !tarpitRequest.safeParse(pace).success)
          throw new AppError('A tarpit waits, or sends slowly: --delay or --rate above 0.', { code: 'usage', hint: 'To end one: --off' })
        await tarpitDesk(log)['fleet.tarpit']({
          decky,
          services: services.length === 0 ? null : services,
          pace: off === true ? null : pace,
          actor: operator(),
          now: Date.now(),
        })
      }
      const state = await tarpitsOf(store.db, decky)
      const running = await played()
      if (options.json) {
        printJson({ decky, ...state, running })
        return 0
      }
      printTable(
        ['Service', 'Pace', 'Held up now'],
        state.tarpits.map((pit) => [pit.service, paceOf(pit), state.connections.filter(({ service }) => service === pit.service).length]),
        `${visible(decky)} holds up nobody.`,
      )
      if (state.tarpits.length > 0 && !running) print('It begins when the fleet runs.')
      return 0
    }),
}
