/**
 * One RFC 5424 message as this project writes and reads it. Absent header members are null (`-` on the wire).
 * Strings are well-formed Unicode; whatever they hold survives `parse(format(m))`.
 */
export interface SyslogMessage {
  readonly facility: number
  readonly severity: number
  /** As written, RFC 3339; kept as text so that zone and precision survive. */
  readonly timestamp: string | null
  readonly hostname: string | null
  readonly appName: string | null
  readonly procId: string | null
  readonly msgId: string | null
  readonly structuredData: readonly SyslogElement[]
  readonly message: string | null
}
export interface SyslogElement {
  readonly id: string
  readonly params: readonly (readonly [name: string, value: string])[]
}
export type ParseResult =
  | { readonly ok: true; readonly message: SyslogMessage }
  | { readonly ok: false; readonly reason: string; readonly at: number }
