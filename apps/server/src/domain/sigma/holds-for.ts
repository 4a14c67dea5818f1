import { compileRegex } from '../ttp/rule/regex.ts'
import type { SigmaTest } from './detection.ts'
import { isText } from './our-test.ts'
import { asPattern } from './value.ts'

/** Whether a test holds for a text that is known beforehand. */
export function holdsFor({ operator, values, exact }: SigmaTest, text: string): boolean {
  if (!isText(operator)) return false
  const [folded, own] = exact ? [text, values] : [text.toLowerCase(), values.map((value) => value.toLowerCase())]
  return own.some((value) => compileRegex(asPattern({ operator, text: value })).test(folded))
}
