import { AppError } from '@decnet/kernel'
import { AuthorizationError, UserAuthenticationExpiredError } from '@nats-io/transport-node'

const TLS_CODE = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO$)/
const TLS_WORDS = /'tls'|certificate|"tls"/i

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The error for what only an operator can mend; null for a server that is merely not there. */
export function operatorsError(error: unknown): AppError | null {
  if (error instanceof AppError) return error
  const cause = error instanceof Error ? error.cause : undefined
  const message = messageOf(error)
  if (error instanceof AuthorizationError || error instanceof UserAuthenticationExpiredError) {
    return new AppError(`NATS refused the credentials: ${message}`, {
      code: 'nats_auth_failed',
      status: 502,
      hint: 'Check user and password, token, credentials file or nkey seed against the accounts of the server; its log names the user.',
      cause: error,
    })
  }
  if ([codeOf(error), codeOf(cause)].some((code) => TLS_CODE.test(code)) || TLS_WORDS.test(message)) {
    return new AppError(`TLS with NATS failed: ${message}`, {
      code: 'nats_tls_failed',
      status: 502,
      hint: 'Name the authority that signed the server’s certificate, use the host name that stands in it, and give a client certificate if the server asks for one.',
      cause: error,
    })
  }
  return null
}
