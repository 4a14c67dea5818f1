import type { Layout } from './stack.ts'

/** Everything padded to four bytes from the front. */
export const windows: Layout = {
  '': 'M',
  W: 'MNW',
  S: 'MNNS',
  T: 'MNNT',
  WS: 'MNWNNS',
  WT: 'MNWNNT',
  ST: 'MST',
  WST: 'MNWST',
}

/** As Windows, but what is left over is filled at the end. */
export const freebsd: Layout = { ...windows, S: 'MSLL', WS: 'MNWSLL' }

export const openbsd: Layout = {
  ...windows,
  WS: 'MNNSNW',
  ST: 'MNNSNNT',
  WST: 'MNNSNWNNT',
}

/** A stack that offers nothing but a segment size. */
export const sizeOnly: Layout = { '': 'M' }
