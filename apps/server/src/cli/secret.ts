import { visible } from '../domain/visible.ts'
import { textOf } from '../domain/visible-bytes.ts'

/** The user name as it came; empty where none was given. */
export const principalOf = (
  { principal, principal_b64 }: { readonly principal: string | null; readonly principal_b64?: string | null },
  width: number,
): string => visible(principal_b64 ? textOf(Buffer.from(principal_b64, 'base64')) : (principal ?? ''), width)

/** A command as it came. */
export const exactly = (
  { command, command_b64 }: { readonly command: string; readonly command_b64: string | null },
  width: number,
): string => visible(command_b64 === null ? command : textOf(Buffer.from(command_b64, 'base64')), width)

/** Where a file was put, as it was said; null where nobody said it. */
export const pathOf = (
  { path, path_b64 }: { readonly path: string | null; readonly path_b64: string | null },
  width: number,
): string | null =>
  path_b64 !== null ? visible(textOf(Buffer.from(path_b64, 'base64')), width) : path === null ? null : visible(path, width)

/** A field of an event for reading: one that travelled as `<name>_b64` under its own name, as text. */
export function fieldOf(name: string, value: unknown, width: number): readonly [name: string, text: string] {
  if (typeof value !== 'string') return [name, visible(JSON.stringify(value), width)]
  if (!name.endsWith('_b64')) return [name, visible(value, width)]
  return [name.slice(0, -'_b64'.length), visible(textOf(Buffer.from(value, 'base64').subarray(0, 4 * (width + 1))), width)]
}
