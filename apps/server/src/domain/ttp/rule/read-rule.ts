import type { z } from 'zod'
import { kindByName } from '../evidence/kinds.ts'
import type { Path, Problem, Report } from './problem.ts'
import { ConditionReader, isMapping } from './read-condition.ts'
import { readExamples } from './read-examples.ts'
import { readWhen } from './read-when.ts'
import type { regexProblem } from './regex.ts'
import { emissionOf, type Rule, type RuleDocument, ruleDocument } from './rule.ts'
import { schemaWords } from './schema-words.ts'
import { spanOf } from './span.ts'
import { readYaml } from './yaml-text.ts'

export type RuleReading =
  | { readonly rule: Rule; readonly positionOf: (path: Path) => Pick<Problem, 'line' | 'column'> }
  | { readonly problems: readonly Problem[] }

/** Reads one rule from YAML and checks all of it but its examples' outcome; answers everything that is wrong at once. Never throws. */
export function readRule(text: string): RuleReading {
  const yaml = readYaml(text)
  if (yaml.problems.length > 0) return { problems: yaml.problems }
  if (!isMapping(yaml.value))
    return { problems: [{ line: 1, column: 1, message: 'a rule is a mapping that begins with its id, such as "id: R0010".' }] }
  const problems: Problem[] = []
  const report: Report = (path, message) => void problems.push({ ...yaml.positionOf(path), message: withName(path, message) })
  const document = ruleDocument.safeParse(yaml.value, { reportInput: true })
  if (!document.success) for (const issue of document.error.issues) explain(issue, report)
  const rule = understood(yaml.value, document.data, report)
  if (problems.length > 0 || !rule) return { problems: problems.toSorted((a, b) => a.line - b.line || a.column - b.column) }
  return { rule, positionOf: yaml.positionOf }
}

/** The rule of a `value` in which {@link readRule} once found nothing wrong: patterns are not compiled again. Null where something else is wrong with it now. */
export function readSoundRule(value: unknown): Rule | null {
  let sound = true
  const report = () => {
    sound = false
  }
  const rule = understood(value, ruleDocument.safeParse(value).data, report, () => null)
  return sound ? rule : null
}

export const withName = (path: Path, message: string): string => (path.length === 0 ? message : `${path.join('.')}: ${message}`)

function explain(issue: z.core.$ZodIssue, report: Report): void {
  const path = issue.path.filter((part) => typeof part !== 'symbol')
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) report([...path, key], 'is not part of a rule; is it misspelt?')
    return
  }
  report(path, schemaWords(issue))
}

/** What the parts say that the schema does not reach; also where the rest is broken, so that everything is told at once. */
function understood(value: unknown, document: RuleDocument | undefined, report: Report, patternProblem?: typeof regexProblem): Rule | null {
  const raw = isMapping(value) ? value : {}
  const names = Array.isArray(raw.sources) ? raw.sources.map(String) : []
  const sources = names.flatMap((name, index) => {
    const kind = kindByName.get(name)
    if (!kind) report(['sources', index], `${name} is no kind of evidence; there are ${[...kindByName.keys()].join(', ')}.`)
    return kind ? [kind] : []
  })
  if (sources.length === 0) return null
  const reader = new ConditionReader(sources, report, patternProblem)
  const when = readWhen(raw.when, ['when'], reader, report)
  const evidence = Array.isArray(raw.evidence) ? raw.evidence.map(String) : []
  for (const [index, name] of evidence.entries()) {
    const field = reader.field(name)
    if (!field) reader.unknownField(name, ['evidence', index])
    else if (field.withheld) report(['evidence', index], `${name} is withheld: rules may look at it, no finding carries it.`)
  }
  if (!document) return null
  const kinds = sources.map((kind) => kind.name)
  const { id, version, title, description, maturity, references, false_positives, rate_limit } = document
  return {
    id,
    version,
    title,
    description: description ?? null,
    maturity,
    references,
    false_positives,
    sources: kinds,
    when,
    emits: document.emits.map(emissionOf),
    evidence,
    rateLimit: rate_limit ? { count: rate_limit.count, withinMs: spanOf(rate_limit.within) ?? 1, by: rate_limit.by } : null,
    examples: {
      match: readExamples(document.examples.match, ['examples', 'match'], kinds, report),
      no_match: readExamples(document.examples.no_match, ['examples', 'no_match'], kinds, report),
    },
  }
}
