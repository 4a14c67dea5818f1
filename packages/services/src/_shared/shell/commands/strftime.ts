import { DAYS, MONTHS, shortDay, shortMonth, two, type WallTime } from '../zoned-time.ts'

const hour12 = (w: WallTime): number => w.hour % 12 || 12
const offset = (w: WallTime, colon: string): string => {
  const size = Math.abs(w.offset)
  return `${w.offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${colon}${two(size % 60)}`
}
const week = (w: WallTime, firstDay: number): number => Math.floor((w.yearDay + 6 - ((w.weekday - firstDay + 7) % 7)) / 7)

/** ISO 8601 week and its year. */
function isoWeek(w: WallTime): readonly [number, number] {
  const thursday = new Date(Date.UTC(w.year, w.month - 1, w.day + 4 - (w.weekday || 7)))
  const year = thursday.getUTCFullYear()
  return [year, Math.ceil(((thursday.getTime() - Date.UTC(year, 0, 1)) / 86_400_000 + 1) / 7)]
}

/** strftime of the C library in the C locale, with GNU's `%s`, `%N`, `%:z` and flags `-`, `_`, `0`, `^`. */
export function strftime(format: string, w: WallTime, epoch: number): string {
  return format.replace(/%([-_0^#]?)(\d*)(:{0,2}[A-Za-z%+])/g, (whole, flag: string, width: string, kind: string) => {
    const made = field(kind, w, epoch, width)
    if (made === undefined) return whole
    let text = made
    if (flag === '-') text = text.replace(/^[0 ]+(?=\d)/, '')
    if (flag === '_') text = text.replace(/^0+(?=\d)/, (zeros) => ' '.repeat(zeros.length))
    if (flag === '^') text = text.toUpperCase()
    return kind === 'N' ? text : text.padStart(Math.min(Number(width || 0), 256), /^[0-9]/.test(text) ? '0' : ' ')
  })
}

function field(kind: string, w: WallTime, epoch: number, width: string): string | undefined {
  const at = (format: string): string => strftime(format, w, epoch)
  switch (kind) {
    case '%':
      return '%'
    case 'a':
      return shortDay(w.weekday)
    case 'A':
      return DAYS[w.weekday]
    case 'b':
    case 'h':
      return shortMonth(w.month)
    case 'B':
      return MONTHS[w.month - 1]
    case 'c':
      return at('%a %b %e %H:%M:%S %Y')
    case 'C':
      return two(Math.floor(w.year / 100))
    case 'd':
      return two(w.day)
    case 'D':
    case 'x':
      return at('%m/%d/%y')
    case 'e':
      return String(w.day).padStart(2)
    case 'F':
      return at('%Y-%m-%d')
    case 'g':
      return two(isoWeek(w)[0] % 100)
    case 'G':
      return String(isoWeek(w)[0])
    case 'H':
      return two(w.hour)
    case 'I':
      return two(hour12(w))
    case 'j':
      return String(w.yearDay).padStart(3, '0')
    case 'k':
      return String(w.hour).padStart(2)
    case 'l':
      return String(hour12(w)).padStart(2)
    case 'm':
      return two(w.month)
    case 'M':
      return two(w.minute)
    case 'n':
      return '\n'
    case 'N':
      return String(Math.floor((epoch % 1000) * 1e6 + ((epoch * 7919) % 999_983)) % 1_000_000_000)
        .padStart(9, '0')
        .slice(0, Number(width || 9))
    case 'p':
      return w.hour < 12 ? 'AM' : 'PM'
    case 'P':
      return w.hour < 12 ? 'am' : 'pm'
    case 'r':
      return at('%I:%M:%S %p')
    case 'R':
      return at('%H:%M')
    case 's':
      return String(Math.floor(epoch / 1000))
    case 'S':
      return two(w.second)
    case 't':
      return '\t'
    case 'T':
    case 'X':
      return at('%H:%M:%S')
    case 'u':
      return String(w.weekday || 7)
    case 'U':
      return two(week(w, 0))
    case 'V':
      return two(isoWeek(w)[1])
    case 'w':
      return String(w.weekday)
    case 'W':
      return two(week(w, 1))
    case 'y':
      return two(w.year % 100)
    case 'Y':
      return String(w.year)
    case 'z':
      return offset(w, '')
    case ':z':
      return offset(w, ':')
    case 'Z':
      return w.zone
    default:
      return undefined
  }
}
