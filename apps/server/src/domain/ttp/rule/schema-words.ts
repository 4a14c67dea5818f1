import type { z } from 'zod'

/** What a value is to be, by the schema's name for it. */
const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  object: 'a mapping',
}
const count = (n: number | bigint, origin: string): string =>
  origin === 'string' ? `${n.toLocaleString('en')} characters` : `${n.toLocaleString('en')} of them`

/** What is wrong with a part of a rule, in our words; the sentence begins with its name. */
export function schemaWords(issue: z.core.$ZodIssue): string {
  if ((issue.code === 'invalid_type' || issue.code === 'invalid_value') && issue.input === undefined) return 'is missing.'
  switch (issue.code) {
    case 'invalid_type':
      return `is to be ${KINDS[issue.expected] ?? 'something else'}.`
    case 'invalid_value':
      return `is to be one of ${issue.values.join(', ')}.`
    case 'too_small':
      if (issue.origin === 'string' || issue.origin === 'array') return 'is empty.'
      return `is to be ${issue.minimum.toLocaleString('en')} or more.`
    case 'too_big':
      if (issue.origin === 'string' || issue.origin === 'array') return `is to be ${count(issue.maximum, issue.origin)} at most.`
      return `is to be ${issue.maximum.toLocaleString('en')} or less.`
    case 'invalid_format':
      return issue.format === 'url' ? 'is to be an address that begins with http:// or https://.' : issue.message
    case 'custom':
      return issue.message
    default:
      return 'is not understood.'
  }
}
