const MACHINES: Readonly<Record<number, string>> = {
  3: 'Intel 80386',
  8: 'MIPS, MIPS-I',
  20: 'PowerPC or cisco 4500',
  40: 'ARM, EABI5',
  42: 'Renesas SH',
  62: 'x86-64',
  183: 'ARM aarch64',
  243: 'UCB RISC-V',
  4: 'Motorola m68k, 68020',
  2: 'SPARC',
}

export const isElf = (data: Uint8Array): boolean => data[0] === 0x7f && data[1] === 0x45 && data[2] === 0x4c && data[3] === 0x46

/** Number in the header's `e_machine`; 0 when it is cut off. */
export function machineNumber(data: Uint8Array): number {
  const [low = 0, high = 0] = [data[18], data[19]]
  return data.length < 20 ? 0 : data[5] === 2 ? low * 256 + high : high * 256 + low
}
/** As `file` names it. */
export const elfMachine = (data: Uint8Array): string =>
  MACHINES[machineNumber(data)] ?? `*unknown arch 0x${machineNumber(data).toString(16)}*`
