import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AppError } from '@decnet/kernel'
import {
  reloadSystemd,
  requireAccounts,
  requireLastingPlace,
  requireParts,
  requireSystemd,
  systemdVersion,
  troubleOfPlace,
  writeUnits,
} from '../systemd/install.ts'
import { renderUnits } from '../systemd/units.ts'
import { manifests } from '../workers/manifests.ts'
import { type CommandDefinition, commonOptions } from './command.ts'
import { print, printJson } from './output.ts'

const USUAL = 'decnet'
const FOLDER = '/etc/systemd/system'
const root = fileURLToPath(new URL('../../../..', import.meta.url)).replace(/\/$/u, '')

export const systemd: CommandDefinition = {
  options: [
    { flags: '--home <folder>', description: 'holds all state', default: '/var/lib/decnet' },
    commonOptions[1],
    { flags: '--dry-run', description: 'print the units, change nothing' },
    { flags: '--user <name>', description: 'as whom everything runs; as root the sensor drops its rights by itself', default: USUAL },
    { flags: '--group <name>', description: 'who may connect to the bus', default: USUAL },
    { flags: '--prefix <folder>', description: `where the units are written, made if missing (default ${FOLDER})` },
  ],
  examples: ['decnet systemd install --dry-run', 'decnet systemd install --user decnet', 'decnet systemd install --prefix ./units'],
  async run({ args, options }) {
    if (args[0] !== 'install')
      throw new AppError(`There is no action ${JSON.stringify(args[0])}.`, { code: 'bad_action', hint: 'There is: decnet systemd install' })
    const how = {
      user: String(options.user),
      group: String(options.group),
      home: resolve(String(options.home)),
      root,
      version: systemdVersion(),
    }
    const units = renderUnits(manifests, how)
    // The usual account may be made later, or on another machine; one that was named is meant to be here.
    if (how.user !== USUAL || how.group !== USUAL) requireAccounts(how)
    const here = options.prefix === undefined
    if (here && options.dryRun !== true) requireLastingPlace(root)
    const trouble = troubleOfPlace(root)
    const warning = trouble && `${trouble.problem}\n  ${trouble.hint}`
    if (warning && !options.json) process.stderr.write(`warning: ${warning}\n`)
    if (options.dryRun === true) {
      if (options.json) printJson({ written: [], units, warning })
      else print(units.map(({ name, content }) => `### ${name}\n${content}`).join('\n'))
      return 0
    }
    if (here) {
      requireSystemd()
      requireParts(how)
      const { ensureConsole } = await import('./build-console.ts')
      // Where the units run, the folder of the program cannot be written.
      await ensureConsole((text) => process.stderr.write(`${text}\n`), new AbortController().signal)
    }
    const written = writeUnits(units, here ? FOLDER : resolve(String(options.prefix)))
    if (here) reloadSystemd()
    if (options.json) printJson({ written, units, warning })
    else {
      for (const path of written) print(path)
      print('\nStart everything, now and at each boot:  systemctl enable --now decnet.target')
      print('One more process for a worker:           systemctl enable --now decnet-worker@profiler')
      print('Settings (DECNET_…=…):                    /etc/decnet/decnet.env')
    }
    return 0
  },
}
