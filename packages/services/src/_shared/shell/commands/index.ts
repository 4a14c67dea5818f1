import type { Programs } from '../interpreter/call.ts'
import { archives } from './archives.ts'
import { attributes } from './attributes.ts'
import { awkProgram } from './awk/awk.ts'
import { serving } from './clients.ts'
import { connecting } from './connect.ts'
import { copying } from './copy.ts'
import { curling } from './curl.ts'
import { digests } from './digests.ts'
import { diskUse } from './du.ts'
import { expression } from './expr.ts'
import { fetching } from './fetch.ts'
import { files } from './files.ts'
import { finding } from './find.ts'
import { searching } from './grep.ts'
import { hardware } from './hardware.ts'
import { identity } from './identity.ts'
import { listing } from './ls.ts'
import { network } from './network.ts'
import { packaged } from './packages.ts'
import { passwords } from './passwords.ts'
import { perlProgram } from './perl.ts'
import { privilege } from './privilege.ts'
import { processes } from './processes.ts'
import { pythonProgram } from './python/python.ts'
import { reading } from './reading.ts'
import { nanoProgram } from './screens/nano.ts'
import { paging } from './screens/pager.ts'
import { viProgram } from './screens/vi.ts'
import { sedProgram } from './sed/sed.ts'
import { shells } from './shells.ts'
import { sorting } from './sort.ts'
import { system } from './system.ts'
import { screens } from './terminal.ts'
import { text } from './text.ts'
import { users } from './users.ts'
import { wgetting } from './wget.ts'
import { lookups } from './which.ts'
import { batching } from './xargs.ts'

/** Programs by name; a map without a prototype, since names come from attackers. */
export const programs: Programs = Object.assign(
  Object.create(null),
  archives,
  attributes,
  awkProgram,
  batching,
  connecting,
  copying,
  curling,
  diskUse,
  expression,
  sorting,
  digests,
  fetching,
  files,
  finding,
  searching,
  hardware,
  identity,
  listing,
  nanoProgram,
  network,
  packaged,
  paging,
  passwords,
  privilege,
  processes,
  perlProgram,
  pythonProgram,
  reading,
  sedProgram,
  shells,
  system,
  screens,
  text,
  users,
  viProgram,
  lookups,
  serving,
  wgetting,
)
