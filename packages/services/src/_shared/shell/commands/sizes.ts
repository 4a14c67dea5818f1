/** `1.2K`, as `ls -h`, `df -h`, `du -h` round: up. */
export function human(bytes: number, base = 1024): string {
  if (bytes < base) return String(bytes)
  const units = base === 1024 ? 'KMGTPE' : 'kMGTPE'
  let value = bytes
  let unit = -1
  while (value >= base && unit < units.length - 1) {
    value /= base
    unit++
  }
  if (value < 10) {
    const tenths = Math.ceil(value * 10 - 1e-9) / 10
    if (tenths < 10) return `${tenths.toFixed(1)}${units[unit]}`
  }
  const whole = Math.ceil(value - 1e-9)
  return whole >= base && unit < units.length - 1 ? `1.0${units[unit + 1]}` : `${whole}${units[unit]}`
}
