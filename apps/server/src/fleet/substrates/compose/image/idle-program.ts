/** Where the program lies in memory. */
const BASE = 0x40_0000n
const HEADERS = 64 + 56
/** x86-64: `mov eax, 34 (pause); syscall; jmp` back. A signal that ends it ends it. */
const PAUSE = Buffer.from('b8220000000f05ebf7', 'hex')

/**
 * A program that sleeps until it is killed, and holds a network that others use: an ELF file (gABI, 64 bit, little endian, x86-64) of one
 * segment without a library. Some kilobytes of memory for each host, where Node takes 40 MB.
 */
export function idleProgram(): Buffer {
  const program = Buffer.alloc(HEADERS)
  program.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
  program.writeUInt16LE(2, 16) // executable
  program.writeUInt16LE(62, 18) // x86-64
  program.writeUInt32LE(1, 20)
  program.writeBigUInt64LE(BASE + BigInt(HEADERS), 24) // entry
  program.writeBigUInt64LE(64n, 32) // program headers
  program.writeUInt16LE(64, 52)
  program.writeUInt16LE(56, 54)
  program.writeUInt16LE(1, 56)
  program.writeUInt32LE(1, 64) // to be loaded
  program.writeUInt32LE(5, 68) // read, execute
  program.writeBigUInt64LE(BASE, 80)
  program.writeBigUInt64LE(BASE, 88)
  const size = BigInt(HEADERS + PAUSE.length)
  program.writeBigUInt64LE(size, 96)
  program.writeBigUInt64LE(size, 104)
  program.writeBigUInt64LE(0x1000n, 112)
  return Buffer.concat([program, PAUSE])
}
