import { visible } from './visible.ts'

/** A user name, a password by its hash, and in a hand-over the decky: as linkage names them. */
const LOGIN = /\["(?:[^"\\]|\\.)*","[0-9a-f]{64}"(?:,"(?:[^"\\]|\\.)*")?\]/gu
const WITH_LOGINS = /^(?:login|logins|password) /u
/** What stands at the end of a long value instead of its rest. */
const CUT = /…[0-9a-f]{16}$/u
const WIDTH = 64

const loginsIn = (value: string): readonly RegExpExecArray[] => (WITH_LOGINS.test(value) ? [...value.matchAll(LOGIN)] : [])
const parts = (login: string) => JSON.parse(login) as [user: string, sha256: string, decky?: string]

/** Hashes of the secrets that a value names, in its order: `login ["root","<sha256>"]` has one, most values have none. */
export const secretsIn = (value: string): string[] => loginsIn(value).map(([login]) => parts(login)[1])

/**
 * A value as people read it: `login root : hunter2`, `logins a : x → b : y`, `password root : s3cret on web-01`. Bytes that attackers chose are
 * made visible; of a secret that is no longer kept stands the beginning of its hash.
 */
export function inWords(value: string, secrets: ReadonlyMap<string, string>): string {
  const found = loginsIn(value)
  if (found.length === 0) return visible(value, 1_000)
  const said = found.map(([login]) => {
    const [user, sha256, decky] = parts(login)
    const secret = secrets.get(sha256) ?? `(${sha256.slice(0, 8)}…, no longer kept)`
    return `${visible(user, WIDTH)} : ${secret}${decky === undefined ? '' : ` on ${visible(decky, WIDTH)}`}`
  })
  return `${value.slice(0, value.indexOf(' '))} ${[...said, ...(CUT.test(value) ? ['…'] : [])].join(' → ')}`
}
