import { listArchetypes } from '../fleet/kinds.ts'
import { type CommandDefinition, commonOptions } from './command.ts'
import { printJson } from './output.ts'
import { printTable } from './table.ts'

export const archetypes: CommandDefinition = {
  options: [commonOptions[1]],
  examples: ['decnet archetypes', "decnet archetypes --json | jq '.[].name'"],
  async run({ options }) {
    const rows = listArchetypes()
    if (options.json) printJson(rows)
    else
      printTable(
        ['Archetype', 'Family', 'Services', 'May also have', 'Plays'],
        rows.map((row) => [row.name, row.os_family, row.services.join(' '), row.likely_services.join(' '), row.distros.join(' ')]),
        'There are no archetypes.',
      )
    return 0
  },
}
