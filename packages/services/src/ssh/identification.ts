/** `answer` is the line that sshd sends before it hangs up; null when it only hangs up. */
export type Identification =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'client'; readonly line: Buffer; readonly rest: number }
  | { readonly kind: 'refused'; readonly answer: string | null; readonly why: string }

const LONGEST = 8192
const invalid = (why: string): Identification => ({ kind: 'refused', answer: 'Invalid SSH identification string.', why })

/**
 * What OpenSSH's server makes of the first bytes of a client (RFC 4253 §4.2; kex_exchange_identification in kex.c).
 * `rest` is where the binary packets begin. Lines before the identification are not allowed to a client.
 */
export function readIdentification(data: Uint8Array): Identification {
  let sawReturn = false
  for (let at = 0; at < data.length; at++) {
    const byte = data[at]
    if (byte === 10) return judge(Buffer.from(data.subarray(0, sawReturn ? at - 1 : at)), at + 1)
    if (byte === 13) {
      if (sawReturn) return invalid('carriage return inside the line')
      sawReturn = true
      continue
    }
    if (byte === 0 || sawReturn) return invalid('invalid characters')
    if (at >= LONGEST) return invalid('line too long')
  }
  return { kind: 'incomplete' }
}

function judge(line: Buffer, rest: number): Identification {
  const match = /^SSH-(\d+)\.(\d+)-(.+)$/su.exec(line.toString('latin1'))
  if (!match) return invalid('not an identification')
  const [, major, minor, software = ''] = match
  const is2 = Number(major) === 2 || (Number(major) === 1 && Number(minor) === 99)
  if (!is2) return { kind: 'refused', answer: 'Protocol major versions differ.', why: 'protocol version' }
  if (/^Probe-/u.test(software)) return { kind: 'refused', answer: null, why: 'probe' }
  if (/^SSH_Version_Mapper/u.test(software)) return { kind: 'refused', answer: null, why: 'scanner' }
  return { kind: 'client', line, rest }
}
