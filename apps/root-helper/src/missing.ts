import { spawnSync } from 'node:child_process'
import { closeSync } from 'node:fs'
import { AppError } from '@decnet/kernel'
import { enter, ip, newNamespace } from './namespace.ts'
import { detectWire } from './wire/detect.ts'

/** Something that hosts on a real network need, or are better with, and how it is had. */
export interface Missing {
  readonly what: string
  readonly advice: string
  /** Nothing works without it. */
  readonly needed: boolean
}

/** Tries what the root helper does, in a namespace of nobody's that is gone afterwards; needs root. */
export function missingForHosts(): Missing[] {
  if (spawnSync('ip', ['-V']).error) return [{ what: 'the program ip', advice: 'Install it (Debian: iproute2).', needed: true }]
  const missing: Missing[] = []
  const trying = (lines: readonly string[], what: string, advice: string, needed: boolean) => {
    try {
      ip(lines)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      missing.push({ what, advice, needed })
    }
  }
  let space: number
  try {
    space = newNamespace()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return [{ what: 'network namespaces', advice: error.hint ?? '', needed: true }]
  }
  try {
    enter(space, () => {
      trying(['link add card0 type veth peer name card1'], 'veth in the kernel', 'Load it: modprobe veth', true)
      const macvlan = 'link add link card0 name card2 type macvlan mode bridge'
      trying([macvlan], 'macvlan in the kernel', 'Load it (modprobe macvlan), or hang deckies into a bridge.', false)
    })
  } finally {
    closeSync(space)
  }
  for (const what of detectWire().missing)
    missing.push({ what, advice: 'Without it hosts show their system by settings of the kernel alone.', needed: false })
  return missing
}
