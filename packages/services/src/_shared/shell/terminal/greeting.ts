import type { PersonaUser } from '@decnet/persona'
import { strftime } from '../commands/strftime.ts'
import { type Facts, loadOf, memoryOf, networkOf, rootDisk } from '../facts.ts'
import type { Machine } from '../machine.ts'
import { FileError } from '../port.ts'

const ROOT = { uid: 0, gid: 0, groups: [0] }
const read = (machine: Machine, path: string): string => {
  try {
    return machine.fs.read(path, ROOT).toString('latin1')
  } catch (error) {
    if (error instanceof FileError) return ''
    throw error
  }
}

/** Ubuntu's landscape summary. */
function landscape(facts: Facts): string {
  const { persona } = facts
  const memory = memoryOf(facts)
  const disk = rootDisk(facts)
  const stamp = strftime('%a %b %e %I:%M:%S %p %Z %Y', facts.wall(facts.now()), facts.now())
  const left: readonly (readonly [string, string])[] = [
    ['System load:', loadOf(facts)[0].toFixed(2)],
    ['Usage of /:', `${((disk.used / disk.blocks) * 100).toFixed(1)}% of ${(disk.blocks / 1_048_576).toFixed(2)}GB`],
    ['Memory usage:', `${Math.round((1 - memory.available / memory.total) * 100)}%`],
    ['Swap usage:', `${Math.round((1 - memory.swapFree / memory.swapTotal) * 100)}%`],
  ]
  const right: readonly (readonly [string, string])[] = [
    ['Processes:', String(facts.processes().length)],
    ['Users logged in:', '1'],
    [`IPv4 address for ${networkOf(facts).device}:`, persona.ip],
  ]
  const width = Math.max(...right.map(([name]) => name.length))
  const rows = left.map(([name, value], i) => {
    const other = right[i]
    const cell = `  ${name.padEnd(14)}${value}`
    return other === undefined ? cell : `${cell.padEnd(36)}${other[0].padEnd(width)} ${other[1]}`
  })
  return `  System information as of ${stamp}\n\n${rows.join('\n')}\n`
}

function messageOfTheDay(machine: Machine): string {
  const { persona } = machine
  const { os } = persona
  if (os.id === 'debian') {
    return `Linux ${persona.hostname} ${os.kernel} ${os.kernelBuild} ${os.arch}\n${read(machine, '/etc/motd')}`
  }
  const documentation =
    os.distro === 'ubuntu22'
      ? ' * Documentation:  https://help.ubuntu.com\n * Management:     https://landscape.canonical.com\n * Support:        https://ubuntu.com/pro\n'
      : ' * Documentation:  https://help.ubuntu.com\n * Management:     https://landscape.canonical.com\n * Support:        https://ubuntu.com/pro\n'
  const count = persona.integer('updates', 0, 37)
  const updates =
    count === 0
      ? '0 updates can be applied immediately.\n'
      : `${count} update${count === 1 ? '' : 's'} can be applied immediately.\nTo see these additional updates run: apt list --upgradable\n`
  return `Welcome to ${os.prettyName} (GNU/Linux ${os.kernel} ${os.arch})\n\n${documentation}\n${landscape(machine)}\nExpanded Security Maintenance for Applications is not enabled.\n\n${updates}\nEnable ESM Apps to receive additional future security updates.\nSee https://ubuntu.com/esm or run: sudo pro status\n\n\n`
}

/** What stands on the screen before the first prompt: message of the day and last login. */
export function greetingOf(machine: Machine, user: PersonaUser): string {
  if (hushed(machine, user)) return ''
  const last = machine.lastLogin(user)
  const line = last === null ? '' : `Last login: ${strftime('%a %b %e %H:%M:%S %Y', machine.wall(last.at), last.at)} from ${last.from}\n`
  return messageOfTheDay(machine) + line
}
const hushed = (machine: Machine, user: PersonaUser): boolean => {
  try {
    machine.fs.stat(`${user.home}/.hushlogin`, ROOT)
    return true
  } catch (error) {
    if (error instanceof FileError) return false
    throw error
  }
}
