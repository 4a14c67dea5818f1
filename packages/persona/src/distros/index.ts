import type { DistroId } from '../port.ts'
import debian12 from './debian12.ts'
import type { Distro } from './distro.ts'
import ubuntu22 from './ubuntu22.ts'
import ubuntu24 from './ubuntu24.ts'

export const distros: Readonly<Record<DistroId, Distro>> = { debian12, ubuntu22, ubuntu24 }
export type { Distro, Release } from './distro.ts'
