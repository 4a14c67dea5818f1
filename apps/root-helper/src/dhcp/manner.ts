import type { OsFamily } from '@decnet/persona'
import { macBytes } from '../who-has.ts'
import type { Options } from './message.ts'

/** Whom a server sees asking. */
export interface Client {
  readonly mac: string
  readonly hostname: string
  readonly osFamily: OsFamily
}

const WINDOWS = [1, 3, 6, 15, 31, 33, 43, 44, 46, 47, 119, 121, 249, 252]

/** What each system asks for, in its order (as the collections of DHCP fingerprints list them): servers know systems by it. */
const ASKED: Readonly<Record<OsFamily, readonly number[]>> = {
  // dhclient of Debian and Ubuntu, Windows 10 and Server 2016 upward, dhclient of FreeBSD, udhcpc of BusyBox, IOS.
  linux: [1, 28, 2, 3, 15, 6, 119, 12, 44, 47, 26, 121, 42],
  windows: WINDOWS,
  windows_server: WINDOWS,
  bsd: [1, 28, 2, 121, 3, 15, 6, 12, 119, 26],
  embedded: [1, 3, 6, 12, 15, 28, 42],
  cisco: [1, 66, 6, 3, 67, 12, 150, 43],
}
/** Option 60; the others send none. */
const VENDOR: Partial<Readonly<Record<OsFamily, string>>> = { windows: 'MSFT 5.0', windows_server: 'MSFT 5.0', embedded: 'udhcp 1.30.1' }

const text = (words: string): Buffer => Buffer.from(words, 'latin1').subarray(0, 255)

/** Option 61 as the system writes it; null for one that sends none. */
function clientId({ mac, osFamily }: Client): Buffer | null {
  switch (osFamily) {
    case 'linux':
      return null
    case 'cisco': {
      const hex = mac.replaceAll(':', '').replace(/^(.{4})(.{4})/u, '$1.$2.')
      return Buffer.concat([Buffer.from([0]), text(`cisco-${hex}-Gi0/0`)])
    }
    default:
      return Buffer.concat([Buffer.from([1]), macBytes(mac)])
  }
}

/** The options by which a client shows who it is. */
export function optionsOf(client: Client): Options {
  const id = clientId(client)
  const vendor = VENDOR[client.osFamily]
  return [
    ...(id === null ? [] : [[61, id] as const]),
    [12, text(client.hostname)],
    ...(vendor === undefined ? [] : [[60, text(vendor)] as const]),
    [55, Buffer.from(ASKED[client.osFamily])],
  ]
}
