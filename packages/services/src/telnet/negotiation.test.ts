import { examplePersona } from '@decnet/kernel/service/conformance'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TelnetDecoder } from './codec.ts'
import { daemonOf } from './daemons.ts'
import { Negotiation } from './negotiation.ts'

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')
const base = examplePersona()
const on = (distro: 'debian12' | 'ubuntu22', family: 'linux' | 'embedded' = 'linux') =>
  daemonOf(examplePersona({ os: { ...base.os, distro, family } }))

describe('option negotiation', () => {
  // Recorded between Debian 12's telnet and inetutils-telnetd 2.4.
  test('with the Debian client every byte is that of inetutils', () => {
    const negotiation = new Negotiation(on('debian12'))
    const decoder = new TelnetDecoder()
    const answer = (bytes: string) => Buffer.concat(decoder.push(hex(bytes)).map((input) => negotiation.take(input))).toString('hex')
    expect(negotiation.start()).toEqual(hex('fffb25 fffb26 fffd18 fffd20 fffd23 fffd27 fffd24'))
    expect(answer('fffd25 fffd26 fffa2601fff0 fffb18 fffb20 fffc23 fffb27 fffc24')).toBe('fffa2001fff0fffa2701fff0fffa1801fff0')
    expect(answer('fffa200033383430302c3338343030fff0 fffa2700fff0 fffa1800585445524dfff0')).toBe('fffb03fffd01fffd22fffd1ffffb05fffd21')
    const linemode = 'fffa2203010000036203fff0'
    expect(answer(`fffd03 fffc01 fffb22 ${linemode} fffb1f fffa1f00640028fff0 fffd05 fffb21`)).toBe('fffa220103fff000')
    expect(negotiation.complete).toBe(false)
    expect(answer('fffa220107fff0')).toMatch(/^fffa2103fff000fffb01fffd00fffe22fffa220303e2/u)
    expect(negotiation.complete).toBe(true)
    expect(answer('fffd01 fffb00 fffc22')).toBe('')
    expect([negotiation.term, negotiation.columns, negotiation.rows, negotiation.binary]).toEqual(['xterm', 100, 40, true])
  })

  test("Ubuntu 22.04's daemon and BusyBox open with the bytes that nmap knows", () => {
    expect(new Negotiation(on('ubuntu22')).start()).toEqual(hex('fffd18 fffd20 fffd23 fffd27'))
    const busybox = new Negotiation(on('debian12', 'embedded'))
    expect(busybox.start()).toEqual(hex('fffd01 fffd1f fffd21 fffb01 fffb03'))
    expect(busybox.skip().length).toBe(0)
  })

  test('a client that refuses everything comes through', () => {
    const negotiation = new Negotiation(on('ubuntu22'))
    negotiation.start()
    for (const input of new TelnetDecoder().push(hex('fffc18 fffc20 fffc23 fffc27'))) negotiation.take(input)
    for (const input of new TelnetDecoder().push(hex('fffc01 fffc1f fffc21 fffe03 fffe05'))) negotiation.take(input)
    expect(negotiation.complete).toBe(true)
  })

  test('unknown options are refused once, agreed ones are not answered again', () => {
    const negotiation = new Negotiation(on('debian12', 'embedded'))
    negotiation.start()
    const answer = (bytes: string) =>
      Buffer.concat(new TelnetDecoder().push(hex(bytes)).map((input) => negotiation.take(input))).toString('hex')
    expect(answer('fffb63 fffd63')).toBe('fffe63fffc63')
    expect(answer('fffd01 fffd01 fffd01')).toBe('')
  })

  test('no negotiation is answered with more than it sent', () => {
    const input = fc.record({
      kind: fc.constant('negotiation' as const),
      verb: fc.constantFrom('DO', 'DONT', 'WILL', 'WONT'),
      option: fc.nat(255),
    })
    fc.assert(
      fc.property(fc.array(input, { maxLength: 60 }), (inputs) => {
        const negotiation = new Negotiation(on('ubuntu22'))
        negotiation.start()
        negotiation.skip()
        for (const one of inputs) expect(negotiation.take(one).length).toBeLessThanOrEqual(3)
      }),
    )
  })
})
