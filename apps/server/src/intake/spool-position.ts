/** A place in the spool. */
export interface SpoolPlace {
  /** The file's id. */
  readonly id: string
  /** Bytes before it. */
  readonly offset: number
  /** It lies inside a line that was given up: everything up to the next line break is skipped. */
  readonly skipping: boolean
}

const POSITION = /^([0-9a-f-]{36}):(\d{1,15})(:skip)?$/

export const formatPosition = (id: string, offset: number, skipping: boolean): string =>
  skipping ? `${id}:${offset}:skip` : `${id}:${offset}`

/** Null for what is no position: reading then begins with the oldest file, and unique event ids make that harmless. */
export function parsePosition(position: string | null): SpoolPlace | null {
  const match = position === null ? null : POSITION.exec(position)
  return match === null ? null : { id: match[1] ?? '', offset: Number(match[2]), skipping: match[3] !== undefined }
}
