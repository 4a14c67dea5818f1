import { readFileSync } from 'node:fs'
import Module, { createRequire } from 'node:module'
import type ssh2Module from 'ssh2'

/** PACKET_MAX_SIZE of OpenSSH (packet.c), in bytes; ssh2 has {@link NARROW}, and ends a client that sends a longer command. */
const PACKET_MAX_SIZE = 256 * 1024
const NARROW = 'const MAX_PACKET_SIZE = 35000;'

type Compiled = Module & { _compile(text: string, path: string): void; paths: string[] }

const require = createRequire(import.meta.url)

/** The figure is a constant inside of one module: that one is loaded with ours, before anything else of ssh2 is. */
function widen(): void {
  const path = require.resolve('ssh2/lib/protocol/crypto.js')
  if (require.cache[path]) return
  const text = readFileSync(path, 'utf8')
  if (!text.includes(NARROW)) throw new Error('this release of ssh2 limits packets in another way')
  const widened = new Module(path) as Compiled
  widened.filename = path
  // Where it looks for what it needs.
  widened.paths = require.resolve.paths(path) ?? []
  require.cache[path] = widened
  widened._compile(text.replace(NARROW, `const MAX_PACKET_SIZE = ${PACKET_MAX_SIZE};`), path)
  widened.loaded = true
}

widen()

/** ssh2 1.17.0 (its version is pinned), and the parts below its public API that carry our own layers. */
export const ssh2 = require('ssh2') as typeof ssh2Module
export const handlers = require('ssh2/lib/protocol/handlers.js') as readonly (
  | ((protocol: unknown, payload: Uint8Array) => unknown)
  | undefined
)[]
export const { KexInit } = require('ssh2/lib/protocol/kex.js') as { readonly KexInit: new (offer: unknown) => object }
