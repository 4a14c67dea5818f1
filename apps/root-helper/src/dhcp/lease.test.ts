import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Card } from '../card.ts'
import { keepLease } from './keep-lease.ts'
import { getLease, type Lease, releaseLease } from './lease.ts'
import type { Client } from './manner.ts'
import { ACK, address, DECLINE, DISCOVER, NAK, OFFER, RELEASE, REQUEST, readMessage } from './message.ts'

const CLIENT: Client = { mac: '00:1b:21:0a:0b:0c', hostname: 'WS-0042', osFamily: 'windows' }
const SERVER = '10.9.0.1'

/** What a client sent, as its server reads it. */
interface Said {
  readonly type: number
  readonly transaction: Buffer
  readonly options: ReadonlyMap<number, Buffer>
  readonly to: string
}

function readClient(frame: Buffer): Said {
  const message = frame.subarray(42)
  const options = new Map<number, Buffer>()
  for (let at = 240; message[at] !== 255; at += 2 + (message[at + 1] ?? 0))
    options.set(message[at] ?? 0, message.subarray(at + 2, at + 2 + (message[at + 1] ?? 0)))
  return { type: options.get(53)?.[0] ?? 0, transaction: message.subarray(4, 8), options, to: [...frame.subarray(30, 34)].join('.') }
}

function reply(type: number, said: Said, yours: string, options: readonly (readonly [number, Buffer])[]): Buffer {
  const fixed = Buffer.alloc(240)
  fixed.set([2, 1, 6])
  said.transaction.copy(fixed, 4)
  address(yours).copy(fixed, 16)
  Buffer.from(CLIENT.mac.replaceAll(':', ''), 'hex').copy(fixed, 28)
  fixed.writeUInt32BE(0x63825363, 236)
  const all: (readonly [number, Buffer])[] = [[53, Buffer.from([type])], [54, address(SERVER)], ...options]
  const payload = Buffer.concat([fixed, ...all.flatMap(([code, bytes]) => [Buffer.from([code, bytes.length]), bytes]), Buffer.from([255])])
  const head = Buffer.alloc(42)
  head.set([0, 0x1b, 0x21, 1, 2, 3, 0, 0x50, 0x56, 9, 9, 9, 8, 0, 0x45])
  head.writeUInt8(17, 23)
  head.writeUInt16BE(67, 34)
  head.writeUInt16BE(68, 36)
  return Buffer.concat([head, payload])
}

/** A network with one server that answers as it is told to. */
function network(serve: (said: Said) => Buffer | null): Card & { readonly said: Said[] } {
  const waiting: Buffer[] = []
  const said: Said[] = []
  return {
    said,
    send(frame) {
      const message = readClient(frame)
      said.push(message)
      const answer = serve(message)
      if (answer) waiting.push(answer)
    },
    receive: () => waiting.shift() ?? null,
    close: () => undefined,
  }
}

const time = (s: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(s)
  return bytes
}
const TERMS = [
  [1, address('255.255.254.0')],
  [3, address(SERVER)],
  [51, time(100)],
] as const
const generous = (ip: string) => (said: Said) =>
  said.type === DISCOVER ? reply(OFFER, said, ip, TERMS) : said.type === REQUEST ? reply(ACK, said, ip, TERMS) : null

describe('an address by DHCP', () => {
  const { signal } = new AbortController()
  const free = async () => false

  it('is got with four messages, in the manner of its system', async () => {
    const card = network(generous('10.9.0.77'))
    const lease = await getLease({ card, client: CLIENT, signal, taken: free })
    expect(lease).toMatchObject({ ip: '10.9.0.77', prefix: 23, gateway: SERVER, renewMs: 50_000, rebindMs: 87_500, lostMs: 100_000 })
    expect(card.said.map(({ type, to }) => [type, to])).toEqual([
      [DISCOVER, '255.255.255.255'],
      [REQUEST, '255.255.255.255'],
    ])
    const [discover, request] = card.said
    expect(discover?.options.get(12)?.toString()).toBe('WS-0042')
    expect(discover?.options.get(60)?.toString()).toBe('MSFT 5.0')
    expect([...(discover?.options.get(55) ?? [])]).toEqual([1, 3, 6, 15, 31, 33, 43, 44, 46, 47, 119, 121, 249, 252])
    expect(request?.options.get(50)).toEqual(address('10.9.0.77'))
    expect(request?.options.get(54)).toEqual(address(SERVER))
  })

  it('is the one that it had before, where the server still has it so', async () => {
    const card = network(generous('10.9.0.78'))
    expect(await getLease({ card, client: CLIENT, signal, taken: free }, '10.9.0.78')).toMatchObject({ ip: '10.9.0.78' })
    expect(card.said.map(({ type }) => type)).toEqual([REQUEST])
  })

  it('is declined when somebody answers there, and another one is asked for', async () => {
    let next = 80
    const card = network((said) => generous(`10.9.0.${said.type === DISCOVER ? ++next : next}`)(said))
    expect(await getLease({ card, client: CLIENT, signal, taken: async (ip) => ip === '10.9.0.81' })).toMatchObject({ ip: '10.9.0.82' })
    expect(card.said.map(({ type }) => type)).toEqual([DISCOVER, REQUEST, DECLINE, DISCOVER, REQUEST])
  })

  it('is asked for longer of its server alone when half of the time is over, and given up on a refusal', async () => {
    const over = new AbortController()
    const first: Lease = {
      ip: '10.9.0.77',
      prefix: 24,
      gateway: null,
      server: { ip: SERVER, mac: '00:50:56:09:09:09' },
      since: Date.now() - 60,
      renewMs: 50,
      rebindMs: 60_000,
      lostMs: 100_000,
    }
    let refuse = false
    const card = network((said) =>
      refuse && said.type === REQUEST && !said.options.has(54)
        ? reply(NAK, said, '0.0.0.0', [])
        : said.type === DISCOVER
          ? reply(OFFER, said, '10.9.0.90', TERMS)
          : reply(ACK, said, said.options.has(54) ? '10.9.0.90' : '10.9.0.77', [...TERMS.slice(0, 2), [51, time(1)], [58, time(0)]]),
    )
    const heard: (string | null)[] = []
    const kept = keepLease(first, {
      client: CLIENT,
      signal: over.signal,
      taken: free,
      open: () => card,
      changed(lease) {
        heard.push(lease?.ip ?? null)
        refuse = true
        if (lease?.ip === '10.9.0.90') over.abort()
      },
    })
    await expect(kept).rejects.toThrow()
    expect(heard).toEqual(['10.9.0.77', null, '10.9.0.90'])
    expect(card.said[0]).toMatchObject({ type: REQUEST, to: SERVER })
  })

  it('is given back', () => {
    const card = network(() => null)
    const lease = { ip: '10.9.0.77', server: { ip: SERVER, mac: '00:50:56:09:09:09' } } as Lease
    releaseLease(card, CLIENT, lease)
    expect(card.said).toMatchObject([{ type: RELEASE, to: SERVER }])
  })

  it('does not come from whatever else is on the network', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => void readMessage(Buffer.from(bytes))))
    const whole = reply(OFFER, { type: 1, transaction: Buffer.alloc(4), options: new Map(), to: '' }, '10.9.0.1', TERMS)
    for (let length = 0; length < whole.length; length += 1) expect(() => readMessage(whole.subarray(0, length))).not.toThrow()
    expect(readMessage(whole)).toMatchObject({ type: OFFER, yours: '10.9.0.1', via: '00:50:56:09:09:09' })
  })
})
