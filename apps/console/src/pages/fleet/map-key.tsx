import type { Contacts } from '@decnet/contracts/api'
import { Link } from 'wouter'
import { plural } from '../../time/words.ts'
import { hrefTo } from '../../url.ts'

/** What the map's signs mean, and what it leaves out. */
export function MapKey({ contacts, words }: { contacts: Contacts | undefined; words: string }) {
  if (!contacts) return <p className="map-key"> </p>
  const { attacker_count: all } = contacts
  return (
    <p className="map-key">
      <span>
        <i className="calm" /> untouched
      </span>
      <span>
        <i className="touched" /> touched in {words}
      </span>
      <span>
        <i className="entered" /> got in
      </span>
      <span className="map-more">
        {all === 0 ? (
          'Nobody came. Lines are drawn as soon as somebody does.'
        ) : (
          <Link className="link" href={hrefTo('/attackers')}>
            {plural(all, 'attacker')}
            {all > contacts.attackers.length ? `, those who did most are drawn` : ''}
          </Link>
        )}
      </span>
    </p>
  )
}
