import { attacker } from './attacker.ts'
import { attackers } from './attackers.ts'
import type { CommandDefinition } from './command.ts'
import { credentials } from './credentials.ts'
import { doctor } from './doctor.ts'
import { events } from './events.ts'
import { passwd } from './passwd.ts'
import { services } from './services.ts'
import { status } from './status.ts'
import { up } from './up.ts'
import { version } from './version.ts'
import { workers } from './workers.ts'

/** In the order in which an operator meets them. */
export const commands: readonly CommandDefinition[] = [
  up,
  status,
  services,
  attackers,
  attacker,
  credentials,
  events,
  workers,
  doctor,
  passwd,
  version,
]
