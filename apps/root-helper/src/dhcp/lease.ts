import { randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { AppError } from '@decnet/kernel'
import type { Card } from '../card.ts'
import { type Client, optionsOf } from './manner.ts'
import {
  ACK,
  address,
  type ClientMessage,
  DECLINE,
  DISCOVER,
  dotted,
  NAK,
  OFFER,
  type Options,
  RELEASE,
  REQUEST,
  readMessage,
  type ServerMessage,
  seconds,
  writeMessage,
} from './message.ts'

/** An address for a while. Times are whole milliseconds from `since`, an epoch time. */
export interface Lease {
  readonly ip: string
  readonly prefix: number
  readonly gateway: string | null
  readonly server: { readonly ip: string; readonly mac: string }
  readonly since: number
  readonly renewMs: number
  readonly rebindMs: number
  readonly lostMs: number
}

export interface Asking {
  readonly card: Card
  readonly client: Client
  readonly signal: AbortSignal
  /** Whether somebody has the offered address already; then it is declined. */
  readonly taken: (ip: string) => Promise<boolean>
}

/** How long nobody may answer. */
const SILENCE_MS = 9_000
/** Until the question is put again; doubled each time. */
const AGAIN_MS = 1_000
const LOOK_MS = 20
/** Frames read at a time. */
const TURN = 512
/** Of a server that does not say: as long as none is lost by a restart. */
const USUAL_S = 3_600

/** Says something and waits for one of these answers to it; null when none came in time. */
async function exchange(
  { card, client, signal }: Pick<Asking, 'card' | 'client' | 'signal'>,
  message: Omit<ClientMessage, 'mac' | 'transaction' | 'seconds'>,
  types: readonly number[],
  forMs: number,
): Promise<ServerMessage | null> {
  const transaction = randomInt(2 ** 32)
  const started = Date.now()
  let next = started
  for (let wait = AGAIN_MS; Date.now() - started < forMs; ) {
    if (Date.now() >= next) {
      const spent = Math.floor((Date.now() - started) / 1_000)
      card.send(writeMessage({ ...message, mac: client.mac, transaction, seconds: spent }))
      next = Date.now() + wait
      wait *= 2
    }
    await pause(LOOK_MS, undefined, { signal })
    for (let turn = 0; turn < TURN; turn += 1) {
      const frame = card.receive()
      if (frame === null) break
      const said = readMessage(frame)
      if (said && said.transaction === transaction && said.mac === client.mac && types.includes(said.type)) return said
    }
  }
  return null
}

const lengthOf = (mask: Buffer | undefined): number =>
  mask?.length === 4 ? [...mask.readUInt32BE().toString(2)].filter((bit) => bit === '1').length : 24

function leaseOf(said: ServerMessage, since: number): Lease {
  const lostS = Math.max(seconds(said.options.get(51)) ?? USUAL_S, 1)
  const renewS = Math.min(seconds(said.options.get(58)) ?? lostS / 2, lostS)
  const rebindS = Math.min(Math.max(seconds(said.options.get(59)) ?? lostS * 0.875, renewS), lostS)
  const ms = (s: number) => Math.floor(s * 1_000)
  return {
    ip: said.yours,
    prefix: lengthOf(said.options.get(1)),
    gateway: dotted(said.options.get(3)) ?? null,
    server: { ip: dotted(said.options.get(54)) ?? '0.0.0.0', mac: said.via },
    since,
    renewMs: ms(renewS),
    rebindMs: ms(rebindS),
    lostMs: ms(lostS),
  }
}

/**
 * Gets an address (RFC 2131, 3.1); `before`, the one it had, is asked for first (3.2).
 * @throws {AppError} `dhcp_silent` within ten seconds, `dhcp_refused`.
 */
export async function getLease(asking: Asking, before?: string): Promise<Lease> {
  const { client } = asking
  const own = optionsOf(client)
  const end = Date.now() + SILENCE_MS
  const left = () => end - Date.now()
  const since = Date.now()
  if (before !== undefined) {
    const said = await exchange(asking, { type: REQUEST, options: [[50, address(before)], ...own] }, [ACK, NAK], 2_000)
    if (said?.type === ACK) return leaseOf(said, since)
  }
  let refusals = 0
  while (left() > 0) {
    const offer = await exchange(asking, { type: DISCOVER, options: own }, [OFFER], left())
    const server = offer?.options.get(54)
    if (offer === null || server === undefined) continue
    const options: Options = [[50, address(offer.yours)], [54, server], ...own]
    const said = await exchange(asking, { type: REQUEST, options }, [ACK, NAK], Math.max(left(), 1_000))
    if (said?.type === ACK) {
      if (!(await asking.taken(said.yours))) return leaseOf(said, since)
      const declined = { type: DECLINE, mac: client.mac, transaction: said.transaction, seconds: 0 }
      asking.card.send(
        writeMessage({
          ...declined,
          options: [
            [50, address(said.yours)],
            [54, server],
          ],
        }),
      )
    }
    refusals += 1
    await pause(AGAIN_MS, undefined, { signal: asking.signal })
  }
  if (refusals > 0)
    throw new AppError('The DHCP server gives no address that is free.', {
      code: 'dhcp_refused',
      hint: 'Look at its pool, or give the deckies fixed addresses: leave out --dhcp.',
    })
  throw new AppError('No DHCP server answers on this network.', {
    code: 'dhcp_silent',
    hint: 'Is one there, on this interface? Or give the deckies fixed addresses: leave out --dhcp.',
  })
}

/** The same address for longer (RFC 2131, 4.4.5): its server is asked, from `rebind` on any; null when none answers, `refused` on a NAK. */
export async function renewLease(
  asking: Omit<Asking, 'taken'>,
  lease: Lease,
  rebind: boolean,
  forMs: number,
): Promise<Lease | 'refused' | null> {
  const since = Date.now()
  const to = rebind ? {} : { to: lease.server }
  const said = await exchange(asking, { type: REQUEST, from: lease.ip, ...to, options: optionsOf(asking.client) }, [ACK, NAK], forMs)
  if (said === null) return null
  return said.type === ACK && said.yours === lease.ip ? leaseOf(said, since) : 'refused'
}

/** Gives it back. */
export function releaseLease(card: Card, { mac }: Client, { ip, server }: Lease): void {
  const message = { type: RELEASE, transaction: randomInt(2 ** 32), seconds: 0, mac, from: ip, to: server }
  card.send(writeMessage({ ...message, options: [[54, address(server.ip)]] }))
}
