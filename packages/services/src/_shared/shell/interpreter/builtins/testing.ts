import type { Call, Programs } from '../call.ts'
import { evaluateTest, TestProblem } from '../test.ts'

async function test(call: Call): Promise<number> {
  let words = call.args
  if (call.name === '[') {
    if (words.at(-1) !== ']') {
      await call.err(`${call.runner.prefix(call.state)}[: missing \`]'\n`)
      return 2
    }
    words = words.slice(0, -1)
  }
  try {
    return evaluateTest(call.state, words) ? 0 : 1
  } catch (error) {
    if (!(error instanceof TestProblem)) throw error
    await call.err(`${call.runner.prefix(call.state)}${call.name}: ${error.message}\n`)
    return 2
  }
}
export const testing: Programs = { test, '[': test }
