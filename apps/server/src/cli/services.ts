import { services as known } from '@decnet/services'
import { type CommandDefinition, commonOptions } from './command.ts'
import { printJson } from './output.ts'
import { printTable } from './table.ts'

export const services: CommandDefinition = {
  options: [commonOptions[1]],
  examples: ['decnet services', 'decnet services --json'],
  async run({ options }) {
    const rows = known.map((service) => ({
      name: service.name,
      title: service.title,
      ports: service.ports.map(({ port, transport }) => `${port}/${transport}`),
      config: Object.keys(service.config.shape),
      events: service.emits.map((event) => event.type),
    }))
    if (options.json) printJson(rows)
    else
      printTable(
        ['Service', 'What it plays', 'Port', 'Settings'],
        rows.map((row) => [row.name, row.title, row.ports.join(' '), row.config.join(' ')]),
        'There are no services.',
      )
    return 0
  },
}
