import koffi from 'koffi'
import { closeDescriptor, indexOf, libc } from '../system.ts'
import { clockProgram, type Direction } from './clock-program.ts'

// bpf(2) and linux/bpf.h: of Linux 6.6 and newer, where programs hang on a card without a queueing discipline.
const BPF = process.arch === 'arm64' ? 280 : 321
const PROG_LOAD = 5
const PROG_ATTACH = 8
const PROG_QUERY = 16
const SCHED_CLS = 3
/** As often as one signal after another may come in between. */
const ATTEMPTS = 50
const ATTACH_TYPE: Readonly<Record<Direction, number>> = { ingress: 46, egress: 47 }

const loadAttributes = koffi.struct({
  type: 'uint32_t',
  count: 'uint32_t',
  instructions: 'void *',
  license: 'const char *',
  logLevel: 'uint32_t',
  logSize: 'uint32_t',
  log: 'void *',
})
const load = libc.func('syscall', 'long', ['long', 'long', koffi.pointer(loadAttributes), 'long'])
const bpf = libc.func('long syscall(long, long, _Inout_ uint8_t *, long)')

/**
 * Moves the clock of TCP timestamps of this thread's namespace, on one card, by milliseconds; the programs stay with the card when this
 * process ends. A clock that was moved stays as it is. False where the kernel has no such programs.
 */
export function moveClock(device: string, milliseconds: number): boolean {
  const card = Number(indexOf(device))
  return (['egress', 'ingress'] as const).every((direction) => attached(card, direction) || attach(card, direction, milliseconds))
}

function attached(card: number, direction: Direction): boolean {
  const query = Buffer.alloc(64)
  query.writeUInt32LE(card, 0)
  query.writeUInt32LE(ATTACH_TYPE[direction], 4)
  return Number(bpf(BPF, PROG_QUERY, query, query.length)) === 0 && query.readUInt32LE(24) > 0
}

/** A program's descriptor; negative where the kernel takes none. It is checked anew where a signal (a child that ended) broke the check off. */
function loaded(direction: Direction, milliseconds: number): number {
  const instructions = clockProgram(direction, milliseconds)
  const wish = { type: SCHED_CLS, count: instructions.length / 8, instructions, license: 'GPL', logLevel: 0, logSize: 0, log: null }
  for (let attempt = 1; ; attempt += 1) {
    const program = Number(load(BPF, PROG_LOAD, wish, koffi.sizeof(loadAttributes)))
    if (program >= 0 || koffi.errno() !== koffi.os.errno.EAGAIN || attempt === ATTEMPTS) return program
  }
}

function attach(card: number, direction: Direction, milliseconds: number): boolean {
  const program = loaded(direction, milliseconds)
  if (program < 0) return false
  const order = Buffer.alloc(32)
  order.writeUInt32LE(card, 0)
  order.writeUInt32LE(program, 4)
  order.writeUInt32LE(ATTACH_TYPE[direction], 8)
  const done = Number(bpf(BPF, PROG_ATTACH, order, order.length)) === 0
  closeDescriptor(program)
  return done
}
