import { createSecretKey } from 'node:crypto'

const KEY = /^_(?:enc|dec|decipher|mac)Key/u

/**
 * Turns the raw keys of one of ssh2's ciphers into key objects. It makes OpenSSL contexts for every packet, and Node finds out by two
 * exceptions each time that a raw key is no key object.
 */
export function holdKeys(cipher: object): void {
  for (const [name, value] of Object.entries(cipher)) {
    if (KEY.test(name) && Buffer.isBuffer(value)) Reflect.set(cipher, name, createSecretKey(value))
  }
}
