const [DM, IP, WILL, WONT, DO, DONT, IAC] = [0xf2, 0xf4, 0xfb, 0xfc, 0xfd, 0xfe, 0xff]

/** A line without the telnet commands in it, and what a server that has no options says to them. Binary strings. */
export interface Unescaped {
  readonly text: string
  readonly refusals: string
}

/** What ProFTPD's reader makes of a line (RFC 854, RFC 959 section 4.1.3): what it does not know stays in it. */
export function unescapeTelnet(line: Buffer): Unescaped {
  if (!line.includes(IAC)) return { text: line.toString('latin1'), refusals: '' }
  const text: number[] = []
  const refusals: number[] = []
  for (let at = 0; at < line.length; at += 1) {
    const byte = line.readUInt8(at)
    const command = byte === IAC ? line[at + 1] : undefined
    const option = line[at + 2]
    if (command === IAC) {
      text.push(IAC)
      at += 1
    } else if (command === IP || command === DM) at += 1
    else if (command !== undefined && command >= WILL && option !== undefined) {
      refusals.push(IAC, command === DO || command === DONT ? WONT : DONT, option)
      at += 2
    } else text.push(byte)
  }
  return { text: Buffer.from(text).toString('latin1'), refusals: Buffer.from(refusals).toString('latin1') }
}
