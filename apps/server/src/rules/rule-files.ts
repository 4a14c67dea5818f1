import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { AppError, isNodeError } from '@decnet/kernel'
import { isRuleFile } from '../domain/ttp/rule/file-name.ts'
import { type RuleReading, readRule, readSoundRule } from '../domain/ttp/rule/read-rule.ts'
import type { Rule } from '../domain/ttp/rule/rule.ts'
import { visible } from '../domain/visible.ts'
import { shippedDigest } from './digest.ts'
import { unreadablePath } from './file-words.ts'
import { readRuleFile } from './read-rule-file.ts'
import type { StoredText } from './rule-store.ts'

/** The rules of this release. */
export const shippedRules = join(import.meta.dirname, '..', '..', '..', '..', 'rules', 'ttp')
/** Rules that are read without a break. */
const AT_ONCE = 8

export interface RuleFile {
  readonly path: string
  readonly text: string
}

/** What lies at paths and in folders under the names of rules, by name; why one of them cannot be read is part of it. @throws {AppError} `unreadable_rules`: there is nothing at a path. */
export async function lookForRules(paths: readonly string[]): Promise<readonly StoredText[]> {
  const found: StoredText[] = []
  for (const path of paths.length === 0 ? [shippedRules] : paths) {
    try {
      const folder = (await stat(path)).isDirectory()
      const names = folder ? (await readdir(path)).filter(isRuleFile).sort() : []
      for (const file of folder ? names.map((name) => join(path, name)) : [path]) found.push(await readRuleFile(file, file))
    } catch (error) {
      if (!isNodeError(error)) throw error
      throw unreadablePath(path, error, { code: 'unreadable_rules', hint: 'Name a rule file, or a folder of them.' })
    }
  }
  return found
}

/** The rule files of folders and files, by name. @throws {AppError} `unreadable_rules`. */
export async function readRuleFiles(paths: readonly string[]): Promise<readonly RuleFile[]> {
  return (await lookForRules(paths)).map(({ path, content }): RuleFile => {
    if ('text' in content) return { path, text: content.text }
    throw new AppError(`${visible(path)} ${content.unreadable}`, { code: 'unreadable_rules', status: 503 })
  })
}

/** The rules at `paths`. @throws {AppError} `bad_rules`: one of them is broken. */
export async function loadRules(paths: readonly string[]): Promise<readonly Rule[]> {
  const readings: { readonly path: string; readonly reading: RuleReading | { readonly rule: Rule } }[] = []
  const digested = await shippedDigest()
  for (const [index, { path, text }] of (await readRuleFiles(paths)).entries()) {
    // Hundreds of one's own take a second: others get their turn meanwhile.
    if (index % AT_ONCE === AT_ONCE - 1) await setImmediate()
    const rule = readSoundRule(digested(text))
    readings.push({ path, reading: rule ? { rule } : readRule(text) })
  }
  const broken = readings.flatMap(({ path, reading }) =>
    'problems' in reading ? reading.problems.map(({ line, column, message }) => `${path}:${line}:${column}: ${message}`) : [],
  )
  if (broken.length > 0)
    throw new AppError(
      `${broken.length === 1 ? 'A rule is' : 'Rules are'} broken: ${broken
        .slice(0, 5)
        .map((each) => visible(each, 300))
        .join(' ')}`,
      {
        code: 'bad_rules',
        status: 503,
        hint: '`decnet ttp check` says all that is wrong with them.',
      },
    )
  return readings.flatMap(({ reading }) => ('rule' in reading ? [reading.rule] : []))
}
