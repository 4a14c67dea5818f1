import { readYaml } from '../../domain/ttp/rule/yaml-text.ts'
import type { OrderText } from './order.ts'

/** An order in YAML: the shape of the API's request, with a network that may be half said. */
export function yamlOrder(text: string): OrderText {
  const { value, problems, positionOf } = readYaml(text.replace(/^\uFEFF/u, ''))
  const faults = problems.map(({ line, column, message }) => ({ line, column, field: 'text', message: `The text ${message}` }))
  if (faults.length === 0 && (typeof value !== 'object' || value === null || Array.isArray(value)))
    faults.push({ line: 1, column: 1, field: 'text', message: 'The text has no `deckies:`.' })
  return {
    value,
    faults,
    warnings: [],
    positionOf,
  }
}
