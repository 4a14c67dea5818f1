import { z } from 'zod'
import type { Path, Problem } from '../ttp/rule/problem.ts'
import { readYaml } from '../ttp/rule/yaml-text.ts'

const word = z.union([z.string(), z.number()]).transform(String)
const words = z.union([z.null().transform(() => []), word.transform((one) => [one]), z.array(word)])
const optional = z.string().nullish()

/** A rule of the Sigma specification 2 (github.com/SigmaHQ/sigma-specification), but for what is below `detection`. Other members are of no use here. */
const document = z.looseObject({
  title: z.string().trim().min(1),
  id: optional,
  status: z.enum(['stable', 'test', 'experimental', 'deprecated', 'unsupported']).nullish(),
  description: optional,
  license: optional,
  author: z.union([z.string(), z.array(z.string())]).nullish(),
  references: words.optional(),
  date: optional,
  modified: optional,
  tags: words.optional(),
  level: z.enum(['informational', 'low', 'medium', 'high', 'critical']).nullish(),
  falsepositives: words.optional(),
  logsource: z.looseObject({ category: optional, product: optional, service: optional }),
  detection: z.record(z.string(), z.unknown()),
})
export type SigmaDocument = z.output<typeof document>

/** Something of a document that cannot be carried over, or not as it is. */
export interface Remark extends Problem {
  /** Where: `detection.selection.Image|endswith`. */
  readonly path: string
}
export type Remarked = (path: Path, message: string) => void

export type SigmaReading =
  | { readonly document: SigmaDocument; readonly positionOf: (path: Path) => Pick<Problem, 'line' | 'column'> }
  | { readonly problems: readonly Remark[] }

/** Members that only documents of another kind have. */
const OTHER_KINDS: Readonly<Record<string, string>> = {
  correlation: 'is a correlation: what several rules find together is not counted here.',
  filter: 'is a filter for other rules, not a rule.',
  action: 'is a collection (action:), of the first version of Sigma.',
}

/** Reads one document; answers everything that is wrong with it. Never throws. */
export function readSigma(text: string): SigmaReading {
  const { value, problems, positionOf } = readYaml(text)
  if (problems.length > 0)
    return {
      problems: problems.map((problem) => ({
        ...problem,
        path: '',
        message: /(?:multiple|several) documents/u.test(problem.message)
          ? 'holds several documents: each rule is a file of its own.'
          : problem.message,
      })),
    }
  const at = (path: Path, message: string): Remark => ({ ...positionOf(path), path: path.join('.'), message })
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { problems: [at([], 'is no Sigma rule: a mapping with title, logsource and detection.')] }
  for (const [name, message] of Object.entries(OTHER_KINDS)) if (Object.hasOwn(value, name)) return { problems: [at([name], message)] }
  const read = document.safeParse(value, { reportInput: true })
  if (read.success) return { document: read.data, positionOf }
  return {
    problems: read.error.issues.map((issue) =>
      at(
        issue.path.filter((part) => typeof part !== 'symbol'),
        wordsFor(issue),
      ),
    ),
  }
}

function wordsFor(issue: z.core.$ZodIssue): string {
  if (issue.input === undefined || issue.input === null) return 'is missing.'
  if (issue.code === 'invalid_value') return `is to be one of ${issue.values.join(', ')}.`
  if (issue.code === 'too_small') return 'is empty.'
  const [wanted] = issue.code === 'invalid_type' ? [issue.expected] : ['text or a list of texts']
  return `is to be a ${wanted === 'string' ? 'text' : wanted === 'object' || wanted === 'record' ? 'mapping' : wanted}.`
}
