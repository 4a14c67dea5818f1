import { sharedThing } from '../words/evidence.ts'
import { Value } from './value.tsx'

/** One thing that is shared, with what can be done with it. `secret`: the hash of the password in it. */
export function SharedThing({ value, secret }: { value: string; secret: string | null }) {
  const { kind, text } = sharedThing(value)
  return (
    <span className="shared-thing">
      {kind !== '' && <span className="faint small nowrap">{kind}</span>}
      <Value
        of={{
          text,
          searchKey: secret ? 'secret_sha256' : null,
          searchValue: secret ?? text,
          peek: secret ? { kind: 'secret', id: secret } : undefined,
        }}
        most={120}
      />
    </span>
  )
}
