/** A 16 × 16 icon of one colour with rounded corners, 32 bits per pixel (ICO with a BMP inside). `#rrggbb`. */
export function favicon(colour: string): Buffer {
  const value = Number.parseInt(colour.slice(1), 16)
  const pixels = Buffer.alloc(16 * 16 * 4)
  for (let y = 0; y < 16; y++)
    for (let x = 0; x < 16; x++) {
      const corner = Math.min(x, 15 - x) + Math.min(y, 15 - y) < 2
      pixels.writeUInt32LE(corner ? 0 : ((0xff << 24) | value) >>> 0, (y * 16 + x) * 4)
    }
  const head = Buffer.alloc(62)
  head.writeUInt16LE(1, 2)
  head.writeUInt16LE(1, 4)
  head.set([16, 16, 0, 0, 1, 0, 32, 0], 6)
  head.writeUInt32LE(40 + pixels.length + 64, 14)
  head.writeUInt32LE(22, 18)
  head.writeUInt32LE(40, 22)
  head.writeInt32LE(16, 26)
  head.writeInt32LE(32, 30)
  head.writeUInt16LE(1, 34)
  head.writeUInt16LE(32, 36)
  return Buffer.concat([head, pixels, Buffer.alloc(64)])
}
