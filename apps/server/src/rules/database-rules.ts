import { savedRules, savedTexts } from '../store/rule-texts.ts'
import type { RuleStore, StoredText } from './rule-store.ts'

/** Rules that lie in the database, where several servers share them: what changed is seen with the next look, in the transaction of whoever looks. */
export function databaseRules(): RuleStore {
  let known: readonly StoredText[] = []
  return {
    origin: 'database',
    async texts(db) {
      if (!db) return known
      const before = known
      const rows = await savedRules(db)
      const same = new Map(before.map((text) => [`${text.name} ${text.hash}`, text]))
      const fresh = rows.filter(({ id, hash }) => !same.has(`${id} ${hash}`))
      if (fresh.length === 0 && rows.length === before.length) return before
      const texts = await savedTexts(
        db,
        fresh.map(({ id }) => id),
      )
      // One that vanished between the two questions is none.
      known = rows.flatMap(({ id, hash }): StoredText[] => {
        const text = texts.get(id)
        const unchanged = same.get(`${id} ${hash}`)
        if (unchanged) return [unchanged]
        return text === undefined ? [] : [{ name: id, path: `database:${id}`, hash, content: { text } }]
      })
      return known
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}
