import { commonFields, type EvidenceKind } from '../evidence/kind.ts'
import type { Condition } from '../rule/condition.ts'
import { compileCondition } from './compile-condition.ts'

/** What everything satisfies, and what nothing does. */
const ALWAYS: Condition = { all: [] }
const NEVER: Condition = { any: [] }
export const isNever = (condition: Condition): boolean => 'any' in condition && condition.any.length === 0
const isAlways = (condition: Condition): boolean => 'all' in condition && condition.all.length === 0
const decided = (holds: boolean): Condition => (holds ? ALWAYS : NEVER)

/** What is left of a condition for evidence of one kind: tests of the kind itself, and of fields that it does not have, are decided. */
export function forKind(condition: Condition, kind: EvidenceKind): Condition {
  if ('all' in condition) {
    const parts = condition.all.map((part) => forKind(part, kind)).filter((part) => !isAlways(part))
    const [only] = parts
    return parts.some(isNever) ? NEVER : only && parts.length === 1 ? only : { all: parts }
  }
  if ('any' in condition) {
    const parts = condition.any.map((part) => forKind(part, kind)).filter((part) => !isNever(part))
    const [only] = parts
    return parts.some(isAlways) ? ALWAYS : only && parts.length === 1 ? only : { any: parts }
  }
  if ('not' in condition) {
    const inner = forKind(condition.not, kind)
    return isNever(inner) || isAlways(inner) ? decided(isNever(inner)) : { not: inner }
  }
  if ('atLeast' in condition) {
    const parts = condition.of.map((part) => forKind(part, kind)).filter((part) => !isNever(part))
    const open = parts.filter((part) => !isAlways(part))
    const atLeast = condition.atLeast - (parts.length - open.length)
    return atLeast <= 0 ? ALWAYS : open.length < atLeast ? NEVER : { atLeast, of: open }
  }
  if (condition.field === 'kind')
    return decided(compileCondition(condition)({ ...EMPTY, fields: { kind: kind.name }, lower: { kind: kind.name } }))
  return condition.field in kind.fields || condition.field in commonFields ? condition : decided(compileCondition(condition)(EMPTY))
}
const EMPTY = { kind: '', fields: {}, lower: {} }
