import type { Facts } from '../../facts.ts'

/** utmp(5) on x86-64: what a record is. */
const [RUN_LEVEL, BOOT, USER, DEAD] = [1, 2, 7, 8] as const
const RECORD = 384
const LASTLOG_RECORD = 292

function put(record: Buffer, at: number, room: number, text: string): void {
  record.write(text, at, room, 'latin1')
}

/** One record of `struct utmp`; an IPv4 address stands beside its text. */
function record(
  type: number,
  epoch: number,
  { pid = 0, line, id, user = '', host = '' }: { pid?: number; line: string; id: string; user?: string; host?: string },
): Buffer {
  const made = Buffer.alloc(RECORD)
  made.writeInt16LE(type, 0)
  made.writeInt32LE(pid, 4)
  put(made, 8, 32, line)
  put(made, 40, 4, id)
  put(made, 44, 32, user)
  put(made, 76, 256, host)
  made.writeUInt32LE(Math.floor(epoch / 1000), 340)
  made.writeUInt32LE(Math.floor(epoch % 1000) * 1000, 344)
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/u.test(host))
    host.split('.').forEach((byte, index) => void made.writeUInt8(Number(byte) & 255, 348 + index))
  return made
}

/** `/var/log/wtmp`: the start, then who came and went, as `last` tells it. */
export function wtmp(facts: Facts): Buffer {
  const { persona } = facts
  const host = persona.os.kernel
  const entries: [number, Buffer][] = facts.logins().flatMap(({ user, from, tty, at, until }) => {
    const place = { pid: 900 + (Math.floor(at / 1000) % 30_000), line: tty, id: tty.replace('pts/', 'ts/') }
    const came: [number, Buffer] = [at, record(USER, at, { ...place, user: user.name, host: from })]
    return until === null ? [came] : [came, [until, record(DEAD, until, place)]]
  })
  entries.sort(([one], [other]) => one - other)
  const start = persona.bootedAt
  return Buffer.concat([
    record(BOOT, start, { line: '~', id: '~~', user: 'reboot', host }),
    record(RUN_LEVEL, start + 9_000, { pid: 53, line: '~', id: '~~', user: 'runlevel', host }),
    ...entries.map(([, entry]) => entry),
  ])
}

/** `/var/log/lastlog`: at each uid the last login, as `lastlog` tells it. */
export function lastlog(facts: Facts): Buffer {
  const latest = new Map(
    facts
      .logins()
      .toReversed()
      .map((login) => [login.user.uid, login] as const),
  )
  const made = Buffer.alloc(LASTLOG_RECORD * (Math.max(0, ...[...latest.keys()].filter((uid) => uid < 60_000)) + 1))
  for (const [uid, { at, tty, from }] of latest) {
    const start = uid * LASTLOG_RECORD
    if (start >= made.length) continue
    made.writeUInt32LE(Math.floor(at / 1000), start)
    put(made, start + 4, 32, tty)
    put(made, start + 36, 256, from)
  }
  return made
}
