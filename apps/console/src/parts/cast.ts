/**
 * The shape of a terminal recording (asciicast v2) on the player's clock, where pauses longer than `idle` seconds are cut to it.
 * Seconds, in whole milliseconds: sums of cut pauses would otherwise end in `…9999998`, which no slider can be set to.
 */
export interface CastShape {
  readonly duration: number
  /** Moments at which something came, as shares of the duration, at most 161. */
  readonly marks: readonly number[]
  /** The moment to show before anything plays: two fifths in, or the last one at which something stands on the screen. */
  readonly poster: number
  /** Seconds since the recording began to seconds on the player's clock. */
  toPlayer(seconds: number): number
}

/** Width over height of the recorded terminal, in the proportions of its font. */
export function ratioOf(cast: string): number {
  const size = (name: string, usual: number) =>
    Number(new RegExp(`"${name}"\\s*:\\s*([0-9]{1,4})`, 'u').exec(cast.slice(0, 1000))?.[1] ?? usual) || usual
  return (size('width', 80) * 0.6) / (size('height', 24) * 1.334)
}

const turning = /\p{Bidi_Control}/u
const turn = (char: string) => `<U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`

/** The recording with every character that turns the direction of text replaced by its name, as `less` shows it. Otherwise unchanged. */
export function withoutTurns(cast: string): string {
  return cast.replace(/\p{Bidi_Control}/gu, turn).replace(/\\(?:u([0-9a-f]{4})|.)/giu, (written: string, hex: string | undefined) => {
    const char = hex === undefined ? '' : String.fromCharCode(Number.parseInt(hex, 16))
    return turning.test(char) ? turn(char) : written
  })
}

/** What stands on the screen after this output: `true` something, `false` nothing, `null` what stood there before. */
function leaves(line: string): boolean | null {
  let output: unknown
  try {
    output = JSON.parse(line)
  } catch {
    return null
  }
  if (!Array.isArray(output) || output[1] !== 'o' || typeof output[2] !== 'string') return null
  const cleared = output[2].split(clearing)
  const rest = (cleared.at(-1) ?? '').replace(sequence, '')
  return /[^\s\p{C}]/u.test(rest) ? true : cleared.length > 1 ? false : null
}
/** Reset, erase the whole screen, to and from the other screen (ECMA-48, xterm). */
const clearing = /\u001b(?:c|\[[23]J|\[\?(?:47|1047|1049)[hl])/u
/** OSC and its like, CSI, and two-character sequences. */
const sequence = /\u001b(?:[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\[[0-?]*[ -/]*[@-~]?|[ -/]*[0-~])/gu

/** To whole milliseconds. */
export const whole = (seconds: number) => Math.round(seconds * 1000) / 1000

/**
 * Where the player stands to show the frame of a moment: its own clock is no whole number of milliseconds, so half of one later; and
 * what it calls the end, for the end.
 */
export const seekTo = (seconds: number, duration: number): number | `${number}%` => (seconds >= duration ? '100%' : seconds + 0.0005)

/** A torn or foreign line is skipped. */
export function shapeOf(cast: string, idle: number | null): CastShape {
  const real: number[] = []
  const played: number[] = []
  const written: boolean[] = []
  let before = 0
  let clock = 0
  for (const line of cast.split('\n').slice(1)) {
    const time = Number(/^\[\s*([0-9.]+)\s*,/u.exec(line)?.[1] ?? Number.NaN)
    if (!Number.isFinite(time)) continue
    const pause = Math.max(0, time - before)
    clock += idle === null ? pause : Math.min(pause, idle)
    before = Math.max(before, time)
    real.push(time)
    played.push(whole(clock))
    written.push(leaves(line) ?? written.at(-1) ?? false)
  }
  const duration = whole(clock)
  const middle = played.findLastIndex((t) => t <= duration * 0.4)
  const last = written.lastIndexOf(true)
  const cells = new Set(played.map((t) => (duration === 0 ? 0 : Math.round((t / duration) * 160))))
  return {
    duration,
    poster: whole(written[middle] === true ? duration * 0.4 : (played[last] ?? 0)),
    marks: [...cells].map((c) => c / 160),
    toPlayer(seconds) {
      const i = real.findLastIndex((t) => t <= seconds)
      if (i < 0) return 0
      const rest = seconds - (real[i] ?? 0)
      return Math.min(duration, whole((played[i] ?? 0) + (idle === null ? rest : Math.min(rest, idle))))
    },
  }
}
