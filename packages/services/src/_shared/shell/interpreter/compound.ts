import type { Compound, Script, Word } from '../parser/ast.ts'
import { holds } from './condition.ts'
import { Break, Continue, Exit, ExpansionFailure } from './control.ts'
import { Expander } from './expand.ts'
import { compilePattern } from './pattern.ts'
import type { Runner } from './run.ts'
import type { State } from './state.ts'
import { NOTHING, readLine } from './streams.ts'

/** Runs a compound command; its status. */
export async function runCompound(runner: Runner, compound: Compound, state: State): Promise<number> {
  switch (compound.kind) {
    case 'group':
      return await runner.script(compound.body, state)
    case 'subshell': {
      const child = state.fork()
      state.status = await runner.process(child, () => runner.script(compound.body, child))
      if (state.status !== 0 && state.options.has('e') && state.conditions === 0) throw new Exit(state.status)
      return state.status
    }
    case 'if': {
      for (const branch of compound.branches)
        if ((await condition(runner, branch.test, state)) === 0) return await runner.script(branch.body, state)
      if (compound.otherwise !== null) return await runner.script(compound.otherwise, state)
      state.status = 0
      return 0
    }
    case 'while':
    case 'until':
      return await loop(
        runner,
        state,
        async () => ((await condition(runner, compound.test, state)) === 0) === (compound.kind === 'while'),
        compound.body,
      )
    case 'for': {
      const words = compound.words === null ? [...state.positional] : await new Expander(runner, state).fields(compound.words)
      if (compound.select) return await select(runner, compound.name, words, compound.body, state)
      let i = 0
      return await loop(
        runner,
        state,
        () => {
          const word = words[i++]
          if (word !== undefined) state.set(compound.name, word)
          return Promise.resolve(word !== undefined)
        },
        compound.body,
      )
    }
    case 'count': {
      const expander = new Expander(runner, state)
      const blank = compound.test.parts.length === 0
      await expander.arithmetic(compound.start)
      let first = true
      return await loop(
        runner,
        state,
        async () => {
          if (!first) await expander.arithmetic(compound.step)
          first = false
          return blank || (await expander.arithmetic(compound.test)) !== 0n
        },
        compound.body,
      )
    }
    case 'case':
      return await choose(runner, compound, state)
    case 'arithmetic':
      state.status = await arithmetic(runner, compound.expression, state)
      return state.status
    case 'condition':
      state.status = (await holds(new Expander(runner, state), compound.expression)) ? 0 : 1
      return state.status
  }
}
async function arithmetic(runner: Runner, expression: Word, state: State): Promise<number> {
  try {
    return (await new Expander(runner, state).arithmetic(expression)) === 0n ? 1 : 0
  } catch (error) {
    if (!(error instanceof ExpansionFailure)) throw error
    throw new ExpansionFailure(`((: ${error.message}`, { fatal: false })
  }
}
async function condition(runner: Runner, script: Script, state: State): Promise<number> {
  state.conditions++
  try {
    return await runner.script(script, state)
  } finally {
    state.conditions--
  }
}

async function loop(runner: Runner, state: State, more: () => Promise<boolean>, body: Script): Promise<number> {
  state.loops++
  let status = 0
  try {
    for (;;) {
      const step = state.session.step(state.signal)
      if (step !== undefined) await step
      try {
        if (!(await more())) break
        status = await runner.script(body, state)
      } catch (error) {
        if (error instanceof Continue && --error.levels <= 0) {
          status = 0
          continue
        }
        if (error instanceof Break && --error.levels <= 0) {
          status = 0
          break
        }
        throw error
      }
    }
  } finally {
    state.loops--
  }
  state.status = status
  return status
}

async function select(runner: Runner, name: string, words: readonly string[], body: Script, state: State): Promise<number> {
  const width = String(words.length).length
  const menu = words.map((word, i) => `${String(i + 1).padStart(width)}) ${word}\n`).join('')
  let shown = false
  return await loop(
    runner,
    state,
    async () => {
      await runner.complain(state, `${shown ? '' : menu}${state.get('PS3') ?? '#? '}`)
      shown = true
      const line = await readLine(state.descriptors.get(0)?.input ?? NOTHING)
      if (line === '') return false
      const reply = line.replace(/\n$/, '')
      state.set('REPLY', reply)
      state.set(name, /^\d+$/.test(reply) ? (words[Number(reply) - 1] ?? '') : '')
      if (reply === '') shown = false
      return true
    },
    body,
  )
}

async function choose(runner: Runner, compound: Extract<Compound, { kind: 'case' }>, state: State): Promise<number> {
  const expander = new Expander(runner, state)
  const subject = await expander.text(compound.subject)
  state.status = 0
  let through = false
  for (const clause of compound.clauses) {
    let matched = through
    for (const word of clause.patterns) {
      if (matched) break
      matched = compilePattern(await expander.pattern(word)).matches(subject)
    }
    if (!matched) continue
    await runner.script(clause.body, state)
    if (clause.end === ';;') break
    through = clause.end === ';&'
  }
  return state.status
}
