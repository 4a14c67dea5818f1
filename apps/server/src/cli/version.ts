import { release } from '../release.ts'
import { type CommandDefinition, commonOptions } from './command.ts'
import { print, printJson } from './output.ts'

export const version: CommandDefinition = {
  options: [commonOptions[1]],
  examples: ['decnet version', 'decnet version --json'],
  async run({ options }) {
    if (options.json) printJson({ version: release, node: process.versions.node, platform: `${process.platform}-${process.arch}` })
    else print(`decnet ${release} (Node ${process.versions.node}, ${process.platform}-${process.arch})`)
    return 0
  },
}
