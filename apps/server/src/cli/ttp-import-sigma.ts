import { setImmediate } from 'node:timers/promises'
import { AppError } from '@decnet/kernel'
import pc from 'picocolors'
import { attackData } from '../attack/load.ts'
import { plural } from '../domain/plural.ts'
import { type Converted, convertSigma } from '../domain/sigma/convert.ts'
import { readRule } from '../domain/ttp/rule/read-rule.ts'
import { visible } from '../domain/visible.ts'
import { prepareHome } from '../home.ts'
import { costlyPatterns } from '../rules/regex-cost.ts'
import { ownRulesFolder } from '../rules/rule-set.ts'
import { documentText, findDocuments } from '../sigma/find-documents.ts'
import { rulesFolder } from '../sigma/write-rules.ts'
import type { CommandOptions } from './command.ts'
import { homeOf } from './home-of.ts'
import { print, printJson } from './output.ts'
import { progressLine } from './progress-line.ts'

type Remark = Converted['remarks'][number]
interface Outcome {
  readonly file: string
  readonly title: string | null
  readonly sigma: string | null
  readonly rule: string | null
  readonly path: string | null
  readonly written: 'new' | 'changed' | 'unchanged' | null
  readonly remarks: readonly Remark[]
}

const START = { line: 1, column: 1, path: '' }

/** Patterns that take too long, as `decnet ttp check` measures them. */
function slowPatterns(text: string): readonly Remark[] {
  const reading = readRule(text)
  return 'rule' in reading ? costlyPatterns(reading.rule).map((message) => ({ ...START, path: 'detection', message: `: ${message}` })) : []
}

/** Turns Sigma rules into rules of one's own and says of every other why it was not; answers the exit code: 1 where none was carried over. */
export async function importSigma(paths: readonly string[], options: CommandOptions): Promise<number> {
  if (paths.length === 0)
    throw new AppError('Say which files or folders.', { code: 'usage', hint: 'For example: decnet ttp import-sigma sigma/rules/linux' })
  const home = homeOf(options)
  const files = await findDocuments(paths)
  if (files.length === 0)
    throw new AppError(`There is no rule of Sigma in ${paths.map((path) => visible(path)).join(', ')}.`, {
      code: 'no_rules',
      hint: 'They are files whose names end in .yml or .yaml.',
    })
  const attack = attackData(home)
  const given = typeof options.out === 'string'
  if (!given) prepareHome(home)
  const keep = await rulesFolder(given ? String(options.out) : ownRulesFolder(home))
  const line = progressLine()
  const holders = new Map<string, string>()
  const outcomes: Outcome[] = []
  for (const [number, found] of files.entries()) {
    const file = found.path
    line.tell(`Reading ${number + 1} of ${files.length}`)
    await setImmediate()
    const read = await documentText(found)
    const nothing = { file, title: null, sigma: null, rule: null, path: null, written: null }
    if ('unreadable' in read) {
      outcomes.push({ ...nothing, remarks: [{ ...START, message: read.unreadable }] })
      continue
    }
    const { title, sigma, rule, remarks } = convertSigma(read.text, attack)
    const holder = rule && holders.get(rule.id)
    const problems = !rule ? remarks : holder ? [{ ...START, path: 'id', message: `is also that of ${holder}.` }] : slowPatterns(rule.text)
    if (!rule || problems.length > 0) {
      outcomes.push({ ...nothing, title, sigma, remarks: problems })
      continue
    }
    holders.set(rule.id, file)
    outcomes.push({ file, title, sigma, rule: rule.id, ...(await keep(rule.id, rule.fileName, rule.text)), remarks })
  }
  line.end()
  const written = outcomes.filter(({ rule }) => rule !== null)
  if (options.json) printJson({ read: outcomes.length, written: written.length, rules: outcomes })
  else show(outcomes)
  return written.length === 0 ? 1 : 0
}

function show(outcomes: readonly Outcome[]): void {
  const named = ({ title }: Outcome) => visible(title ?? 'untitled', 120)
  const remarked = ({ file, remarks }: Outcome) => {
    for (const { line, column, path, message } of remarks)
      print(`  ${visible(file)}:${line}:${column}: ${visible(`${path === '' ? 'it' : path} ${message}`, 400)}`)
  }
  for (const outcome of outcomes) {
    if (outcome.rule === null) print(`${pc.red('✗')} ${named(outcome)}`)
    else if (outcome.remarks.length > 0) print(`${pc.green('✓')} ${outcome.rule} ${named(outcome)}`)
    remarked(outcome)
  }
  const count = (what: Outcome['written']) => outcomes.filter(({ written }) => written === what).length
  print(
    `${plural(outcomes.length, 'file')}: ${count('new').toLocaleString('en')} new, ${count('changed').toLocaleString('en')} changed, ${count('unchanged').toLocaleString('en')} unchanged, ${count(null).toLocaleString('en')} not carried over.`,
  )
}
