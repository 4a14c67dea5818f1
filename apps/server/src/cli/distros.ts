import { listDistros } from '../fleet/kinds.ts'
import { type CommandDefinition, commonOptions } from './command.ts'
import { printJson } from './output.ts'
import { printTable } from './table.ts'

export const distros: CommandDefinition = {
  options: [commonOptions[1]],
  examples: ['decnet distros', 'decnet distros --json'],
  async run({ options }) {
    const rows = listDistros()
    if (options.json) printJson(rows)
    else
      printTable(
        ['Distribution', 'What it is', 'Of archetypes'],
        rows.map((row) => [row.name, row.title, row.archetypes.join(' ')]),
        'There are no distributions.',
      )
    return 0
  },
}
