/**
 * What a running server separates ranges with (RFC 9110 section 14.6), seen on Debian's: nginx counts its answers in twenty digits, whoever asks;
 * Apache makes one number of 64 bits when it starts, written in hexadecimal without leading zeros.
 */
export function boundaries(server: 'nginx' | 'apache', random: () => number): () => string {
  let answers = 0
  if (server === 'nginx')
    return () => {
      answers += 1
      return String(answers).padStart(20, '0')
    }
  const half = () => BigInt(Math.floor(random() * 2 ** 32))
  const number = ((half() << 32n) | half()).toString(16)
  return () => number
}
