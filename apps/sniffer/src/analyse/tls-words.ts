import type { Bytes } from '@decnet/contracts/events'
import type { Seen } from '@decnet/fingerprint'

const PRE_SHARED_KEY = '41'
const MOST_NAMES = 16

/** `1.2` of 0x0303. */
export const versionName = (version: number): string =>
  version === 768 ? 'SSL 3.0' : version >= 769 && version <= 772 ? `1.${version - 769}` : `0x${version.toString(16)}`

/** The version as JA4 writes it: `13`, `s3`, `d2`. */
function offeredVersion(ja4: string): string {
  const code = ja4.slice(1, 3)
  if (/^1[0-3]$/u.test(code)) return `1.${code.at(1)}`
  return code === 's3' ? 'SSL 3.0' : code
}

/** One character per byte, as it came; text where it is text. */
const asBytes = (text: string): Bytes => Buffer.from(text.slice(0, 1024), 'latin1')

/** A client's offer in the words of events. */
export function offerOf({ prints: { ja3, ja4 }, sni, alpn }: Seen) {
  const [, ciphers = '', extensions = ''] = ja3?.raw.split(',') ?? []
  return {
    ja3: ja3?.value ?? '',
    ja4: ja4?.value ?? '',
    tls_version: offeredVersion(ja4?.value ?? ''),
    raw_ciphers: ciphers,
    raw_extensions: extensions,
    resumption: extensions.split('-').includes(PRE_SHARED_KEY),
    sni: sni === undefined ? undefined : asBytes(sni),
    alpn: alpn === undefined ? undefined : asBytes(alpn.slice(0, MOST_NAMES).join(',')),
  }
}
