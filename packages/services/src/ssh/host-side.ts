import type { Socket } from 'node:net'
import type { Persona } from '@decnet/persona'
import type { ParsedKey } from 'ssh2'
import { ALGORITHMS, extensionsOf, STRICT_KEX } from './algorithms.ts'
import { readablePem } from './host-key-pem.ts'
import { KexInit, ssh2 } from './ssh2.ts'
import type { Ssh2Client } from './transport.ts'
import { MSG, WireWriter } from './wire.ts'

/** What all connections of one decky share: host keys parsed once, one ssh2 server that never listens. */
export interface HostSide {
  /** `SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3` */
  readonly identification: string
  readonly keys: readonly ParsedKey[]
  /** The server's algorithm lists, ready to copy into a KEXINIT. */
  readonly offer: unknown
  /** SSH_MSG_EXT_INFO as this version sends it. */
  readonly extensions: Buffer
  /** Calls back once ssh2 has read the client's identification from the socket. */
  attach(socket: Socket, ready: (client: Ssh2Client) => void): void
}

function softwareOf({ packages: { openssh } }: Persona): string {
  return openssh.revision === '' ? `OpenSSH_${openssh.version}` : `OpenSSH_${openssh.version} ${openssh.revision}`
}

/** What a server says first (RFC 4253 section 4.2), without the end of the line. */
export const identificationOf = (persona: Persona): string => `SSH-2.0-${softwareOf(persona)}`

export function makeHostSide(persona: Persona): HostSide {
  const software = softwareOf(persona)
  const pems = persona.hostKeys()
  const hostKeys = [pems.rsa, pems.ecdsa, pems.ed25519].map(readablePem)
  const keys = hostKeys.map(parse)
  const waiting = new WeakMap<Socket, (client: Ssh2Client) => void>()
  const server = new ssh2.Server({ hostKeys, ident: software, algorithms: ALGORITHMS as never }, (raw) => {
    const client = raw as unknown as Ssh2Client
    waiting.get(client._sock)?.(client)
  })
  const lists = { cipher: ALGORITHMS.cipher, mac: ALGORITHMS.hmac, compress: ALGORITHMS.compress, lang: [] }
  return {
    identification: identificationOf(persona),
    keys,
    offer: new KexInit({ kex: [...ALGORITHMS.kex, STRICT_KEX], serverHostKey: ALGORITHMS.serverHostKey, cs: lists, sc: lists }),
    extensions: extensionMessage(persona.packages.openssh.version),
    attach(socket, ready) {
      waiting.set(socket, ready)
      server.injectSocket(socket)
    },
  }
}

function parse(pem: string): ParsedKey {
  const key = ssh2.utils.parseKey(pem)
  if (key instanceof Error) throw key
  const first = Array.isArray(key) ? key[0] : key
  if (first === undefined) throw new TypeError('no host key in the PEM')
  return first as ParsedKey
}

function extensionMessage(version: string): Buffer {
  const extensions = extensionsOf(version)
  const writer = new WireWriter(MSG.EXT_INFO).uint32(extensions.length)
  for (const [name, value] of extensions) writer.string(name).string(value)
  return writer.done()
}
