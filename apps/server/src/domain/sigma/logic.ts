/** Something that holds or not, made of tests. */
export type Logic<Test> =
  | { readonly all: readonly Logic<Test>[] }
  | { readonly any: readonly Logic<Test>[] }
  | { readonly not: Logic<Test> }
  | { readonly test: Test }

/** A test, or that it does not hold. */
export interface Literal<Test> {
  readonly test: Test
  readonly holds: boolean
}

/** Replaces each test. */
export function mapLogic<From, To>(logic: Logic<From>, change: (test: From) => Logic<To>): Logic<To> {
  if ('all' in logic) return { all: logic.all.map((each) => mapLogic(each, change)) }
  if ('any' in logic) return { any: logic.any.map((each) => mapLogic(each, change)) }
  if ('not' in logic) return { not: mapLogic(logic.not, change) }
  return change(logic.test)
}

/** The disjunctive normal form: one of the lists holds, each with all its literals. Null where there would be more than `most` lists. */
export function alternativesOf<Test>(logic: Logic<Test>, most: number, holds = true): readonly (readonly Literal<Test>[])[] | null {
  if ('test' in logic) return [[{ test: logic.test, holds }]]
  if ('not' in logic) return alternativesOf(logic.not, most, !holds)
  const together = 'all' in logic === holds
  const parts = 'all' in logic ? logic.all : logic.any
  let found: readonly (readonly Literal<Test>[])[] = together ? [[]] : []
  for (const part of parts) {
    const next = alternativesOf(part, most, holds)
    if (next === null) return null
    found = together ? found.flatMap((one) => next.map((other) => [...one, ...other])) : [...found, ...next]
    if (found.length > most) return null
  }
  return found
}
