import { events } from '@decnet/contracts/events'
import { own } from '@decnet/kernel'

/** Lines that a person or a script gave to something: commands ({@link isHandsOn}) and requests, the verbs of a protocol. */
export const COMMAND_TYPES: readonly string[] = [events.command.type, events.query.type]
/** A command: a hand on a shell or a database, not a request by which a protocol moves along (FTP's USER, SMTP's EHLO, sftp's ls). */
export const isHandsOn = (type: string, fields: Readonly<Record<string, unknown>>): boolean =>
  COMMAND_TYPES.includes(type) && fields.mode !== 'protocol'
/** Who tells of an attacker without being a service that it touched. */
const WATCHERS: readonly string[] = ['sniffer']
/** The service that an event is about; null where somebody only watched. */
export const touchedService = (service: string | null): string | null => (service === null || WATCHERS.includes(service) ? null : service)
export const FILE_TYPES: readonly string[] = [events.fileCaptured.type, events.messageStored.type]
/** Wishes to go beyond the decky: to fetch, to connect, to tunnel. None is granted. */
export const OUTREACH_TYPES: readonly string[] = [events.downloadAttempt.type, events.connectAttempt.type, events.forwardAttempt.type]

/** The text of a command-like event; null when it is none. Bytes that are not UTF-8 come decoded with replacement characters. */
export function commandText(type: string, fields: Readonly<Record<string, unknown>>): string | null {
  if (!COMMAND_TYPES.includes(type)) return null
  return textField(fields, type === events.query.type ? 'query' : 'command')
}

/** A field that may stand under `<name>` or, when it was not UTF-8, `<name>_b64`. */
export function textField(fields: Readonly<Record<string, unknown>>, name: string): string | null {
  const text = own(fields, name)
  if (typeof text === 'string') return text
  const encoded = own(fields, `${name}_b64`)
  return typeof encoded === 'string' ? Buffer.from(encoded, 'base64').toString('utf8') : null
}
