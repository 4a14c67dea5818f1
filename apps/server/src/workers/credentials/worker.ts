import { hash } from 'node:crypto'
import { topics } from '@decnet/contracts/topics'
import { deterministicId } from '@decnet/kernel'
import type { LogRecord } from '@decnet/kernel/log'
import { defineFold, type FoldContext } from '@decnet/kernel/worker'
import type { Selectable } from 'kysely'
import { textField } from '../../domain/event-kinds.ts'
import type { Tx } from '../../store/log-table.ts'
import type { CredentialTable } from '../../store/schema.ts'
import { upsert } from '../../store/upsert.ts'

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

type Row = Selectable<CredentialTable>

const fresh = (id: string, record: LogRecord, target: Target): Row => ({
  id,
  attacker_ip: target.attackerIp,
  attacker_uuid: null,
  decky: target.decky,
  service: target.service,
  principal: target.principal?.text ?? null,
  principal_b64: target.principal?.b64 ?? null,
  secret_kind: target.kind,
  secret_sha256: target.sha256,
  secret_b64: target.secretB64,
  secret_printable: text(record.body, 'secret_printable') ?? '',
  outcome: 'unknown',
  method: text(record.body, 'method'),
  challenge: text(record.body, 'challenge'),
  first_seen: record.ts,
  last_seen: record.ts,
  attempt_count: 0,
  last_seq: 0,
})

interface Target {
  readonly attackerIp: string
  readonly decky: string
  readonly service: string
  readonly kind: string
  readonly secretB64: string
  readonly sha256: string
  readonly principal: ReturnType<typeof principalOf>
}

/** What was tried where; null when the record holds no credential, or one that is not base64. */
function targetOf({ body, attackerIp, decky, service }: LogRecord): Target | null {
  const secretB64 = text(body, 'secret_b64')
  if (secretB64 === null || attackerIp === null || decky === null || service === null || !BASE64.test(secretB64)) return null
  const sha256 = hash('sha256', Buffer.from(secretB64, 'base64'))
  return { attackerIp, decky, service, kind: text(body, 'secret_kind') ?? 'plaintext', secretB64, sha256, principal: principalOf(body) }
}

/** Counts one attempt in; a record that was counted before changes nothing. */
function count(row: Row, record: LogRecord): void {
  if (record.seq <= row.last_seq) return
  row.last_seq = record.seq
  row.first_seen = Math.min(row.first_seen, record.ts)
  row.last_seen = Math.max(row.last_seen, record.ts)
  if (row.outcome !== 'success') row.outcome = text(record.body, 'outcome') ?? 'unknown'
  row.attempt_count += 1
}

/** One row for each distinct (source, decky, service, kind, secret, principal); a secret that is not base64 is not one. */
export default defineFold({
  name: 'credentials',
  summary: 'Keeps every credential that was tried, with its exact bytes.',
  reads: [topics.systemLog],
  emits: [topics.credentialCaptured],
  key: ({ attackerIp }) => attackerIp,
  async handle(batch, { tx, emit }: FoldContext<Tx, typeof topics.credentialCaptured>) {
    const attempts = batch.flatMap((record) => {
      const target = targetOf(record)
      if (target === null) return []
      const { attackerIp, decky, service, kind, sha256, principal } = target
      return [{ record, target, id: deterministicId('credential', attackerIp, decky, service, kind, sha256, principal?.b64 ?? '') }]
    })
    if (attempts.length === 0) return
    const ids = [...new Set(attempts.map(({ id }) => id))]
    const known = await tx.selectFrom('credentials').selectAll().where('id', 'in', ids).execute()
    const rows = new Map(known.map((row) => [row.id, row]))
    for (const { id, record, target } of attempts) {
      const row = rows.get(id) ?? fresh(id, record, target)
      rows.set(id, row)
      count(row, record)
      const { sha256, kind, attackerIp, decky, service } = target
      emit(
        topics.credentialCaptured,
        [],
        { secret_sha256: sha256, secret_kind: kind, attacker_ip: attackerIp, decky, service },
        { source: record },
      )
    }
    await upsert(tx, 'credentials', 'id', [...rows.values()])
  },
})
