import type { Program } from '../call.ts'
import { control } from './control.ts'
import { directories } from './directories.ts'
import { echo } from './echo.ts'
import { environment } from './environment.ts'
import { jobControl } from './job-control.ts'
import { lookup } from './lookup.ts'
import { reading } from './reading.ts'
import { settings } from './settings.ts'
import { testing } from './testing.ts'

/** What the shell does itself. A builtin runs in the shell's own state; a map without a prototype, since names come from attackers. */
export const builtins: Readonly<Record<string, Program>> = Object.assign(Object.create(null), {
  ...control,
  ...echo,
  ...environment,
  ...jobControl,
  ...lookup,
  ...reading,
  ...settings,
  ...testing,
  ...directories,
})
