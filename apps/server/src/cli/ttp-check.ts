import { basename, dirname } from 'node:path'
import { AppError } from '@decnet/kernel'
import pc from 'picocolors'
import type { AttackData } from '../domain/attack/attack-data.ts'
import { plural } from '../domain/plural.ts'
import { type CheckedRule, checkRule } from '../domain/ttp/check-rule.ts'
import type { Problem } from '../domain/ttp/rule/problem.ts'
import { visible } from '../domain/visible.ts'
import { readOwnRule } from '../rules/read-own-rule.ts'
import { costlyPatterns } from '../rules/regex-cost.ts'
import { lookForRules, type RuleFile, shippedRules } from '../rules/rule-files.ts'
import { print, printJson } from './output.ts'

interface Complaint extends Problem {
  readonly file: string
}

/** What can be said of a rule only with its file and its neighbours at hand. */
function outside({ path }: RuleFile, { rule }: CheckedRule, seen: Map<string, string>): Problem[] {
  if (!rule) return []
  const at = (message: string): Problem => ({ line: 1, column: 1, message })
  const problems: Problem[] = []
  // Files of one's own are called as one likes.
  if (dirname(path) === shippedRules && !basename(path).startsWith(`${rule.id}-`))
    problems.push(at(`the file of rule ${rule.id} is called ${rule.id}-<slug>.yaml.`))
  const other = seen.get(rule.id)
  if (other !== undefined) problems.push(at(`the id ${rule.id} is also that of ${other}.`))
  seen.set(rule.id, path)
  for (const message of costlyPatterns(rule)) problems.push(at(message))
  return problems
}

/** Whoever watches sees how far it is: hundreds of rules take a minute. Called before each, and at the end. */
function progressOf(all: number): () => void {
  let done = 0
  return () => {
    if (process.stderr.isTTY) process.stderr.write(done < all ? `\r\u001B[K${done + 1} of ${plural(all, 'rule')} …` : '\r\u001B[K')
    done += 1
  }
}

/** Checks rule files: schema, ids, techniques, examples, cost of patterns; names what cannot be read and goes on. Answers the exit code. */
export async function checkRuleFiles(paths: readonly string[], attack: AttackData, json: boolean): Promise<number> {
  const files = await lookForRules(paths)
  if (files.length === 0)
    throw new AppError(`There is no rule in ${paths.map((path) => visible(path)).join(', ')}.`, {
      code: 'no_rules',
      hint: 'Rules are files whose names end in .yaml or .yml.',
    })
  const seen = new Map<string, string>()
  const complaints: Complaint[] = []
  let examples = 0
  const progress = progressOf(files.length)
  for (const { path, content } of files) {
    progress()
    if ('unreadable' in content) {
      complaints.push({ file: path, line: 1, column: 1, message: content.unreadable })
      continue
    }
    const file = { path, text: content.text }
    const checked = checkRule(file.text, attack, readOwnRule)
    examples += (checked.rule?.examples.match.length ?? 0) + (checked.rule?.examples.no_match.length ?? 0)
    for (const problem of [...checked.problems, ...outside(file, checked, seen)]) complaints.push({ file: file.path, ...problem })
  }
  progress()
  if (json) printJson({ rules: files.length, examples, problems: complaints })
  else {
    for (const { file, line, column, message } of complaints) print(`${file}:${line}:${column}: ${visible(message, 400)}`)
    const summary = `${plural(files.length, 'rule')}, ${plural(examples, 'example')}, ${plural(complaints.length, 'problem')}.`
    print(complaints.length === 0 ? `${pc.green('✓')} ${summary}` : `${pc.red('✗')} ${summary}`)
  }
  return complaints.length === 0 ? 0 : 1
}
