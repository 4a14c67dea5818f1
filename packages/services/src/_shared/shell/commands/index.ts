import type { Program, Programs } from '../interpreter/call.ts'
import { files } from './files.ts'
import { identity } from './identity.ts'
import { listing } from './ls.ts'
import { reading } from './reading.ts'
import { shells } from './shells.ts'

/** Programs by name; a map without a prototype, since names come from attackers. */
export const programs: Readonly<Record<string, Program | undefined>> = Object.assign(
  Object.create(null),
  listing,
  reading,
  identity,
  shells,
  files,
) as Programs
