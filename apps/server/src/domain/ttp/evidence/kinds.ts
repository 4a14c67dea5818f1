import type { EvidenceKind } from './kind.ts'
import { authAttempt } from './kinds/auth-attempt.ts'
import { command } from './kinds/command.ts'
import { credential, identity, intel, session, topologyTraversal } from './kinds/derived.ts'
import { email } from './kinds/email.ts'
import { file, payload } from './kinds/file.ts'
import { fingerprint } from './kinds/fingerprint.ts'
import { httpRequest } from './kinds/http-request.ts'
import { connect, download, forward } from './kinds/outreach.ts'
import { canary, ics } from './kinds/planned.ts'
import { query } from './kinds/query.ts'
import { scan } from './kinds/scan.ts'

/** Every kind of evidence, in the order in which they are told of. */
export const kinds: readonly EvidenceKind[] = [
  command,
  authAttempt,
  httpRequest,
  query,
  file,
  payload,
  download,
  connect,
  forward,
  scan,
  email,
  fingerprint,
  intel,
  canary,
  credential,
  identity,
  ics,
  topologyTraversal,
  session,
]

/** By name; and names under which others know the same. */
export const kindByName: ReadonlyMap<string, EvidenceKind> = new Map([
  ...kinds.map((kind) => [kind.name, kind] as const),
  ['canary_fingerprint', canary],
  ['http_fingerprint', fingerprint],
  ['ipv6_leak', fingerprint],
])
