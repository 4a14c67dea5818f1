export const printJson = (value: unknown): void => {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}
export const print = (text = ''): void => {
  process.stdout.write(`${text}\n`)
}

/** `3 min ago`, `3 y ago`, `in 173 y (clock?)` of what claims a time to come; the exact time stands in --json. */
export function ago(then: number, now: number): string {
  const seconds = Math.round(Math.abs(now - then) / 1000)
  const span =
    seconds < 60
      ? `${seconds} s`
      : seconds < 3600
        ? `${Math.round(seconds / 60)} min`
        : seconds < 86_400
          ? `${Math.round(seconds / 3600)} h`
          : seconds < 63_072_000
            ? `${Math.round(seconds / 86_400)} d`
            : `${Math.floor(seconds / 31_536_000)} y`
  if (then <= now) return `${span} ago`
  return seconds < 60 ? '0 s ago' : `in ${span}${seconds > 86_400 ? ' (clock?)' : ''}`
}
