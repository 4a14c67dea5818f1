import type { Lifecycle } from '@decnet/contracts/api'
import { plural } from '../../time/words.ts'
import { isOpen, operationWords } from '../../words/decky.ts'

/** What is being made of the fleet at this moment; nothing while nothing is. */
export function UnderWay({ operations }: { operations: readonly Lifecycle[] }) {
  const open = operations.filter(isOpen)
  const [one] = open
  if (!one) return null
  const hindered = open.find(({ error }) => error !== null)
  return (
    <p className="under-way" role="status">
      <i className="dot moving" />
      {open.length === 1 ? `${one.decky_name} ${operationWords(one)}.` : `${plural(open.length, 'change')} under way.`}
      {hindered && (
        <span className="wrong">
          {hindered.decky_name} is tried again and again: {hindered.error}
        </span>
      )}
    </p>
  )
}
