import type { OsFamily, Persona } from '../port.ts'
import { bsd } from './bsd.ts'
import { cisco } from './cisco.ts'
import { embedded } from './embedded.ts'
import { linux } from './linux.ts'
import type { Stack } from './stack.ts'
import { windows, windowsServer } from './windows.ts'

export type { DeviceMaker, Handwriting, IdMode, KernelTraits, Layout, Reaction, Stack } from './stack.ts'

const families: Readonly<Record<OsFamily, readonly Stack[]>> = { linux, windows, windows_server: windowsServer, bsd, embedded, cisco }

/** Every release that a host may claim. */
export const stacks: readonly Stack[] = Object.values(families).flat()

/** The release whose packets a persona writes: one of its family, by its seed. */
export const stackOf = ({ os, pick }: { readonly os: Pick<Persona['os'], 'family'> } & Pick<Persona, 'pick'>): Stack =>
  pick('os/stack', families[os.family])
