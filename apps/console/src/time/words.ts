const pad = (n: number, width = 2) => String(n).padStart(width, '0')

/** "just now", "4 min ago", "3 h ago", "5 d ago", "3 y ago"; "in 2 min" for what is to come. */
export function relative(at: number, now: number): string {
  const seconds = Math.round((now - at) / 1000)
  if (Number.isNaN(seconds)) return 'never'
  const away = Math.abs(seconds)
  if (away < 5) return 'just now'
  const text =
    away < 60
      ? `${away} s`
      : away < 3600
        ? `${Math.floor(away / 60)} min`
        : away < 172_800
          ? `${Math.floor(away / 3600)} h`
          : away < 63_072_000
            ? `${Math.floor(away / 86_400)} d`
            : `${Math.floor(away / 31_536_000)} y`
  return seconds < 0 ? `in ${text}` : `${text} ago`
}

/** When something happened; what claims to have happened tomorrow or later has a wrong clock: "in 173 y (clock?)". */
export const happened = (at: number, now: number): string => `${relative(at, now)}${at > now + 86_400_000 ? ' (clock?)' : ''}`

/** How long something took: "0.4 s", "41 s", "6 min 12 s", "3 h 5 min", "2 d 4 h". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '–'
  if (seconds < 0.05) return 'under 0.1 s'
  if (seconds < 10) return `${seconds.toFixed(1).replace(/\.0$/u, '')} s`
  const s = Math.round(seconds)
  if (s < 60) return `${s} s`
  if (s < 3600) return s % 60 === 0 ? `${s / 60} min` : `${Math.floor(s / 60)} min ${s % 60} s`
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`
  return `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3600)} h`
}

/** `15:46:31` in local time. */
export function clock(at: number): string {
  const d = new Date(at)
  return Number.isNaN(d.getTime()) ? '–' : `${pad(d.getHours())}:${pad(d.getMinutes())}:${pad(d.getSeconds())}`
}

/** `2026-11-21 15:46:31.204 +01:00`: what stands behind every short form. */
export function exact(at: number): string {
  const d = new Date(at)
  if (Number.isNaN(d.getTime())) return 'no time'
  const offset = -d.getTimezoneOffset()
  const zone = `${offset < 0 ? '-' : '+'}${pad(Math.floor(Math.abs(offset) / 60))}:${pad(Math.abs(offset) % 60)}`
  return `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())} ${clock(at)}.${pad(d.getMilliseconds(), 3)} ${zone}`
}

/** `15:46:31` today, `21 Nov 15:46` this year, `21 Nov 2199 15:46` otherwise. */
export function stamp(at: number, now: number): string {
  const d = new Date(at)
  if (d.toDateString() === new Date(now).toDateString()) return clock(at)
  const year = d.getFullYear() === new Date(now).getFullYear() ? {} : ({ year: 'numeric' } as const)
  return `${d.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', ...year })} ${clock(at).slice(0, 5)}`
}

/** The playhead of a recording: `02:14`; in one of `length` seconds that is short, finer: `00:04.2`, `00:00.03`. */
export function playhead(seconds: number, length = seconds): string {
  const digits = length < 1 ? 2 : length < 10 ? 1 : 0
  const parts = 10 ** digits
  const whole = digits === 0 ? Math.floor(seconds) : Math.round(seconds * parts) / parts
  const rest = (whole % 60).toFixed(digits)
  return `${pad(Math.floor(whole / 60))}:${rest.padStart(digits === 0 ? 2 : 3 + digits, '0')}`
}

/** 1204118 as `1,204,118`; from a million on, short: `1.2 M`. */
export const figure = (n: number) => (n >= 10_000_000 ? `${(n / 1_000_000).toFixed(1)} M` : n.toLocaleString('en-US'))
/** 3 deckies, 1 decky. */
export const plural = (n: number, one: string, many = `${one}s`) => `${figure(n)} ${n === 1 ? one : many}`
/** 0.5 kB, 12 kB, 3.4 MB. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
