import { Command } from 'commander'
import type { CommandEntry, CommandOptions } from './command.ts'
import { commands } from './commands.ts'

const usage = ({ name, args = [] }: CommandEntry) => [name, ...args.map((arg) => arg.name)].join(' ')

/** A command that is not asked for needs no more than its line in the list. */
async function add(program: Command, entry: CommandEntry, asked: boolean): Promise<void> {
  const command = program.command(entry.name).description(entry.summary)
  for (const { name, description } of entry.args ?? []) command.argument(name, description)
  if (!asked) return
  const definition = await entry.load()
  for (const { flags, description, default: value } of definition.options) command.option(flags, description, value)
  command.addHelpText('after', `\nExamples:\n${definition.examples.map((example) => `  $ ${example}`).join('\n')}`)
  command.action(async (...received: unknown[]) => {
    const options = received.at(-2) as CommandOptions
    // The last argument of a command may stand for several.
    const args = received
      .slice(0, -2)
      .flat()
      .filter((arg) => arg !== undefined) as string[]
    try {
      process.exitCode = await definition.run({ args, options: { ...options, json: options.json === true } })
    } catch (error) {
      const { reportError } = await import('./report-error.ts')
      process.exitCode = reportError(error, options.json === true)
    }
  })
}

const program = new Command('decnet')
  .description('A deception network: decoys that catch attackers, and the knowledge of who they are.')
  .option('-V, --version', 'the same as `decnet version`')
  .showHelpAfterError('(decnet --help lists the commands)')
  .configureHelp({
    subcommandTerm: (command) => {
      const entry = commands.find(({ name }) => name === command.name())
      return entry ? usage(entry) : `${command.name()} [command]`
    },
  })
// A closed pipe (`decnet events | head`) is the reader's right.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
})
// Nobody reads our complaints, or their disk is full: a fleet goes on.
process.stderr.on('error', () => undefined)
const [node = '', self = '', first = '', ...others] = process.argv
const argv = [node, self, ...(['-V', '--version'].includes(first) ? ['version'] : process.argv.slice(2, 3)), ...others]
for (const entry of commands) await add(program, entry, argv.includes(entry.name, 2))
await program.parseAsync(argv)
