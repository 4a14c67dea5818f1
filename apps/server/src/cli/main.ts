import { Command } from 'commander'
import type { CommandDefinition, CommandOptions } from './command.ts'
import { commands } from './commands.ts'
import { printError } from './output.ts'

function add(program: Command, definition: CommandDefinition): void {
  const command = program.command(definition.name).description(definition.summary)
  for (const { name, description } of definition.args ?? []) command.argument(name, description)
  for (const { flags, description, default: value } of definition.options) command.option(flags, description, value)
  command.addHelpText('after', `\nExamples:\n${definition.examples.map((example) => `  $ ${example}`).join('\n')}`)
  command.action(async (...received: unknown[]) => {
    const options = received.at(-2) as CommandOptions
    const args = received.slice(0, -2).filter((arg) => arg !== undefined) as string[]
    try {
      process.exitCode = await definition.run({ args, options: { ...options, json: options.json === true } })
    } catch (error) {
      process.exitCode = printError(error, options.json === true)
    }
  })
}

const program = new Command('decnet')
  .description('A deception network: decoys that catch attackers, and the knowledge of who they are.')
  .showHelpAfterError('(decnet --help lists the commands)')
for (const definition of commands) add(program, definition)
// A closed pipe (`decnet events | head`) is the reader's right.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
})
// Nobody reads our complaints, or their disk is full: a fleet goes on.
process.stderr.on('error', () => undefined)
await program.parseAsync()
