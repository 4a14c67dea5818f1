import { AppError } from '@decnet/kernel'
import type { Emission, Rule } from '../domain/ttp/rule/rule.ts'
import { visible } from '../domain/visible.ts'
import { loadRules, readRuleFiles } from '../rules/rule-files.ts'
import { asEngineState } from '../store/rule-states.ts'
import type { CommandOptions } from './command.ts'
import { type HomeRules, homeRules } from './home-rules.ts'
import { print, printJson } from './output.ts'
import { printTable } from './table.ts'

const techniqueOf = ({ technique_id, sub_technique_id }: Emission): string => sub_technique_id ?? technique_id

interface Listed {
  readonly rule: Rule
  readonly origin: 'shipped' | 'folder' | 'database' | 'given'
  /** Null: see the file that has it. */
  readonly text: string | null
}

const entry = ({ rule, origin }: Listed, { broken, states }: HomeRules) => {
  const { id, version, title, maturity, sources, emits, evidence, references, false_positives, examples, description } = rule
  const problems = broken.filter((each) => each.id === id)
  const row = states.get(id)
  return {
    id,
    version,
    title,
    description,
    maturity,
    sources,
    emits: emits.map(({ technique_id, sub_technique_id, tactic, confidence }) => ({ technique_id, sub_technique_id, tactic, confidence })),
    evidence,
    references,
    false_positives,
    examples: { match: examples.match.length, no_match: examples.no_match.length },
    origin,
    problem: problems[0] ?? null,
    problems,
    ...(row ? asEngineState(row) : { state: 'enabled' as const }),
  }
}

const NOTHING: HomeRules = { own: { rules: new Map(), beneath: new Map(), broken: [] }, broken: [], states: new Map() }

/** The rules at some paths alone, or else those in force in a home. */
async function rulesOf(
  paths: readonly string[],
  options: CommandOptions,
): Promise<{ readonly listed: readonly Listed[]; readonly home: HomeRules }> {
  const files = (await loadRules(paths)).map((rule): Listed => ({ rule, origin: paths.length > 0 ? 'given' : 'shipped', text: null }))
  if (paths.length > 0) return { listed: files, home: NOTHING }
  const home = await homeRules(options)
  const own = [...home.own.rules.values()]
  const listed = [...files.filter(({ rule }) => !home.own.rules.has(rule.id)), ...own]
  return { listed: listed.sort((a, b) => (a.rule.id < b.rule.id ? -1 : 1)), home }
}

/** Lists the rules, where each comes from and what was decided about it; those that could not be taken up go to standard error. */
export async function listRules(paths: readonly string[], options: CommandOptions): Promise<number> {
  const { listed, home } = await rulesOf(paths, options)
  const { broken } = home
  for (const { path, line, column, message } of broken) process.stderr.write(`${path}:${line}:${column}: ${visible(message, 400)}\n`)
  const entries = listed.map((each) => entry(each, home))
  if (options.json) printJson({ rules: entries, broken })
  else {
    const rows = listed.map((each, index) => {
      const { origin, state, problem } = entries[index] ?? entry(each, home)
      const { id, maturity, emits, sources, title } = each.rule
      const techniques = emits.map((emission) => `${techniqueOf(emission)} ${emission.confidence.toFixed(2)}`).join(', ')
      const unasked = problem?.origin === 'shipped'
      return [
        id,
        problem && !unasked ? `${origin}, broken` : origin,
        unasked ? 'not asked' : state,
        maturity,
        techniques,
        sources.join(', '),
        visible(title),
      ]
    })
    printTable(['Rule', 'Origin', 'State', 'Maturity', 'Techniques', 'Sources', 'Title'], rows, 'There are no rules.')
  }
  return 0
}

/** Shows one rule as it is written. @throws {AppError} `no_such_rule`. */
export async function showRule(id: string, paths: readonly string[], options: CommandOptions): Promise<number> {
  const { listed, home } = await rulesOf(paths, options)
  const found = listed.find(({ rule }) => rule.id.toLowerCase() === id.toLowerCase())
  if (!found) throw new AppError(`There is no rule ${visible(id)}.`, { code: 'no_such_rule', hint: '`decnet ttp rules` lists them.' })
  if (options.json) printJson(entry(found, home))
  else {
    const written = (text: string) => text.split('\n').some((line) => line.trim() === `id: ${found.rule.id}`)
    print((found.text ?? (await readRuleFiles(paths)).find(({ text }) => written(text))?.text ?? '').trimEnd())
  }
  return 0
}
