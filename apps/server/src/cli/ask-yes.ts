import { createInterface } from 'node:readline/promises'
import { AppError } from '@decnet/kernel'
import type { CommandOptions } from './command.ts'

/** Asks on a terminal; elsewhere --yes has to say it. @throws {AppError} `not_confirmed`. */
export async function askYes(question: string, options: CommandOptions): Promise<boolean> {
  if (options.yes === true) return true
  if (options.json || !process.stdin.isTTY || !process.stdout.isTTY)
    throw new AppError('Nobody is there to agree to it.', {
      code: 'not_confirmed',
      hint: 'Add --yes when it is meant so; --dry-run only shows the plan.',
    })
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return /^y(?:es)?$/iu.test((await terminal.question(`${question} [y/N] `)).trim())
  } finally {
    terminal.close()
  }
}
