import { createHash } from 'node:crypto'
import { topics } from '@decnet/contracts/topics'
import { deterministicId } from '@decnet/kernel'
import type { LogRecord } from '@decnet/kernel/log'
import { defineFold, type FoldContext } from '@decnet/kernel/worker'
import { textField } from '../../domain/event-kinds.ts'
import type { Tx } from '../../store/log-table.ts'

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/u

/** NUL cannot stand in every database's text; the exact bytes are kept in base64 beside it. */
const readable = (text: string) => text.replaceAll('\0', '\u2400')
const text = (fields: LogRecord['body'], name: string): string | null =>
  typeof fields[name] === 'string' ? (fields[name] as string) : null

/** The exact bytes of the principal in base64, or null when none was given. */
function principalOf(fields: LogRecord['body']): { readonly text: string; readonly b64: string } | null {
  const b64 = text(fields, 'principal_b64')
  const plain = text(fields, 'principal') ?? text(fields, 'username')
  if (b64 !== null) return { text: readable(textField(fields, 'principal') ?? ''), b64 }
  return plain === null || plain === '' ? null : { text: readable(plain), b64: Buffer.from(plain, 'utf8').toString('base64') }
}

/** One row for each distinct (source, decky, service, kind, secret, principal); a secret that is not base64 is not one. */
export default defineFold({
  name: 'credentials',
  summary: 'Keeps every credential that was tried, with its exact bytes.',
  reads: [topics.systemLog],
  emits: [topics.credentialCaptured],
  async handle(batch, { tx, emit }: FoldContext<Tx, typeof topics.credentialCaptured>) {
    for (const record of batch) {
      const { body, attackerIp, decky, service } = record
      const secretB64 = text(body, 'secret_b64')
      if (secretB64 === null || attackerIp === null || decky === null || service === null || !BASE64.test(secretB64)) continue
      const secret = Buffer.from(secretB64, 'base64')
      const sha256 = createHash('sha256').update(secret).digest('hex')
      const kind = text(body, 'secret_kind') ?? 'plaintext'
      const principal = principalOf(body)
      const id = deterministicId('credential', attackerIp, decky, service, kind, sha256, principal?.b64 ?? '')
      const outcome = text(body, 'outcome') ?? 'unknown'
      await tx
        .insertInto('credentials')
        .values({
          id,
          attacker_ip: attackerIp,
          attacker_uuid: null,
          decky,
          service,
          principal: principal?.text ?? null,
          principal_b64: principal?.b64 ?? null,
          secret_kind: kind,
          secret_sha256: sha256,
          secret_b64: secretB64,
          secret_printable: text(body, 'secret_printable') ?? '',
          outcome,
          method: text(body, 'method'),
          challenge: text(body, 'challenge'),
          first_seen: record.ts,
          last_seen: record.ts,
          attempt_count: 1,
          last_seq: record.seq,
        })
        .onConflict((conflict) =>
          conflict
            .column('id')
            .doUpdateSet((eb) => ({
              first_seen: eb.fn('min', ['credentials.first_seen', 'excluded.first_seen']),
              last_seen: eb.fn('max', ['credentials.last_seen', 'excluded.last_seen']),
              outcome: eb.case().when('credentials.outcome', '=', 'success').then('success').else(eb.ref('excluded.outcome')).end(),
              attempt_count: eb('credentials.attempt_count', '+', 1),
              last_seq: eb.ref('excluded.last_seq'),
            }))
            .where('credentials.last_seq', '<', record.seq),
        )
        .execute()
      emit(
        topics.credentialCaptured,
        [],
        { secret_sha256: sha256, secret_kind: kind, attacker_ip: attackerIp, decky, service },
        { source: record },
      )
    }
  },
})
