import { readFileSync } from 'node:fs'
import { type CommandDefinition, commonOptions } from './command.ts'
import { print, printJson } from './output.ts'

const { version: release } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }

export const version: CommandDefinition = {
  options: [commonOptions[1]],
  examples: ['decnet version', 'decnet version --json'],
  async run({ options }) {
    if (options.json) printJson({ version: release, node: process.versions.node, platform: `${process.platform}-${process.arch}` })
    else print(`decnet ${release} (Node ${process.versions.node}, ${process.platform}-${process.arch})`)
    return 0
  },
}
