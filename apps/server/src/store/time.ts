/** Epoch milliseconds as RFC 3339 in UTC with milliseconds. */
export const iso = (ts: number): string => new Date(ts).toISOString()
export const isoOrNull = (ts: number | null): string | null => (ts === null ? null : iso(ts))
