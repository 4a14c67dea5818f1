import { isIP } from 'node:net'
import { AppError } from '@decnet/kernel'
import type { ListenAddress } from '../api/try-listen.ts'

/** `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`, `:8080` (loopback), `8080`. @throws {AppError} `bad_listen`. */
export function parseListen(text: string): ListenAddress {
  const match = /^(?:\[(?<v6>[^\]]+)\]|(?<host>[^:]*))?:?(?<port>\d{1,5})$/u.exec(text)
  const port = Number(match?.groups?.port)
  const host = match?.groups?.v6 ?? (match?.groups?.host || '127.0.0.1')
  if (!match || port > 65_535 || (isIP(host) === 0 && host !== 'localhost')) {
    throw new AppError(`--listen ${text} is no address and port.`, {
      code: 'bad_listen',
      hint: 'Write it as 127.0.0.1:8080 or [::1]:8080.',
    })
  }
  return { host, port }
}

/** What a bind beyond loopback means, or null. */
export function publicBindWarning({ host, port }: ListenAddress): string | null {
  if (host === 'localhost' || host === '::1' || host.startsWith('127.')) return null
  return `Console and API listen on ${host}:${port}, which other machines can reach, without TLS: passwords and captured secrets cross that network in the clear. Put a TLS proxy in front, or stay on 127.0.0.1 and use an SSH tunnel.`
}
