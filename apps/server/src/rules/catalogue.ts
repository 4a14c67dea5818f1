import { setImmediate } from 'node:timers/promises'
import { type RuleDocument, ruleDocument } from '../domain/ttp/rule/rule.ts'
import { readYaml } from '../domain/ttp/rule/yaml-text.ts'
import { shippedDigest } from './digest.ts'
import { type RuleFile, readRuleFiles } from './rule-files.ts'

/** Rules that are read without a break. */
const AT_ONCE = 8

export interface ShippedRule extends RuleFile {
  readonly document: RuleDocument
}
let shipped: Promise<ReadonlyMap<string, ShippedRule>> | undefined

/** What a text says of itself, without what makes it ready to run; null where it is no rule. */
export const documentOf = (text: string): RuleDocument | null => documentIn(readYaml(text).value)
const documentIn = (value: unknown): RuleDocument | null => ruleDocument.safeParse(value).data ?? null

async function read(): Promise<ReadonlyMap<string, ShippedRule>> {
  const found: ShippedRule[] = []
  const digested = await shippedDigest()
  for (const [index, file] of (await readRuleFiles([])).entries()) {
    if (index % AT_ONCE === AT_ONCE - 1) await setImmediate()
    const document = documentIn(digested(file.text)) ?? documentOf(file.text)
    if (document) found.push({ ...file, document })
  }
  return new Map(found.map((rule) => [rule.document.id, rule]))
}

/** What the shipped rules say of themselves, by id; read when first asked for, without what makes them ready to run. @throws {AppError} `unreadable_rules`. */
export function shippedCatalogue(): Promise<ReadonlyMap<string, ShippedRule>> {
  shipped ??= read().catch((error: unknown) => {
    shipped = undefined
    throw error
  })
  return shipped
}
