import { own } from '@decnet/kernel'

/** A moment on a wall clock. */
export interface WallTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  /** 0 = Sunday. */
  readonly weekday: number
  readonly yearDay: number
  /** Minutes east of UTC. */
  readonly offset: number
  /** `CET`, `UTC`, `+08`. */
  readonly zone: string
}

export const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
export const shortDay = (weekday: number): string => (DAYS[weekday] ?? '').slice(0, 3)
export const shortMonth = (month: number): string => (MONTHS[month - 1] ?? '').slice(0, 3)
export const two = (value: number): string => String(value).padStart(2, '0')

const EUROPE_WEST = /^Europe\/(London|Jersey|Guernsey|Isle_of_Man)$/
const EUROPE_EAST = /^Europe\/(Helsinki|Kyiv|Kiev|Athens|Bucharest|Sofia|Riga|Tallinn|Vilnius)$/
const FIXED: Readonly<Record<string, string>> = {
  'Asia/Tokyo': 'JST',
  'Asia/Shanghai': 'CST',
  'Asia/Hong_Kong': 'HKT',
  'Asia/Kolkata': 'IST',
  'Asia/Seoul': 'KST',
  'Europe/Moscow': 'MSK',
}

function zoneName(timezone: string, offset: number, english: string): string {
  const fixed = own(FIXED, timezone)
  if (fixed !== undefined) return fixed
  if (/^(Etc\/)?UTC$/.test(timezone)) return 'UTC'
  if (EUROPE_WEST.test(timezone)) return offset === 0 ? 'GMT' : 'BST'
  if (EUROPE_EAST.test(timezone)) return offset === 120 ? 'EET' : 'EEST'
  if (timezone.startsWith('Europe/') && (offset === 60 || offset === 120)) return offset === 60 ? 'CET' : 'CEST'
  if (timezone.startsWith('Australia/') && (offset === 600 || offset === 660)) return offset === 600 ? 'AEST' : 'AEDT'
  if (/^[A-Z]{3,4}$/.test(english)) return english
  const size = Math.abs(offset)
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${size % 60 === 0 ? '' : two(size % 60)}`
}

/** Turns epoch milliseconds into the wall time of a zone; falls back to UTC for names that the platform does not know. */
export function clockOf(timezone: string): (epoch: number) => WallTime {
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'short', hourCycle: 'h23', ...FIELDS })
  } catch {
    return clockOf('UTC')
  }
  return (epoch) => {
    const parts: Record<string, string> = {}
    for (const part of format.formatToParts(Number.isFinite(epoch) ? Math.max(-8e15, Math.min(8e15, epoch)) : 0))
      parts[part.type] = part.value
    const number = (name: string): number => Number(parts[name] ?? 0)
    const wall = Date.UTC(number('year'), number('month') - 1, number('day'), number('hour'), number('minute'), number('second'))
    const offset = Math.round((wall - epoch) / 60_000)
    const at = new Date(wall)
    return {
      year: number('year'),
      month: number('month'),
      day: number('day'),
      hour: number('hour'),
      minute: number('minute'),
      second: number('second'),
      weekday: at.getUTCDay(),
      yearDay: Math.floor((wall - Date.UTC(number('year'), 0, 1)) / 86_400_000) + 1,
      offset,
      zone: zoneName(timezone, offset, parts.timeZoneName ?? ''),
    }
  }
}
const FIELDS = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const
