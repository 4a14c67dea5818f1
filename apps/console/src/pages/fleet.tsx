import { deckyAt } from '../url.ts'
import DeckyPage from './decky.tsx'
import Deploy from './deploy.tsx'
import { Inventory } from './fleet/inventory.tsx'

/** The fleet, one of its deckies, or the making of more. */
export default function Fleet({ rest }: { rest: string }) {
  if (rest === 'deploy') return <Deploy />
  const name = deckyAt(rest)
  return name === null ? <Inventory /> : <DeckyPage key={name} name={name} />
}
