/** A spool file is named by its id, a UUIDv7 that sorts behind those of all files before it. */
const SPOOL_FILE = /^([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\.log$/

export const spoolFileName = (id: string): string => `${id}.log`

/** The id in a file's name; null for every name that is not exactly one of ours. */
export const spoolFileId = (name: string): string | null => SPOOL_FILE.exec(name)?.[1] ?? null
