import { archetypes, type DeckyPlan, makePersona, type OsFamily } from '@decnet/persona'

const TITLES: Readonly<Record<OsFamily, string>> = {
  linux: 'Linux',
  windows: 'Windows',
  windows_server: 'Windows Server',
  bsd: 'BSD',
  embedded: 'an embedded system',
  cisco: 'Cisco IOS',
}
/** So many deckies are named in one sentence. */
const NAMED = 5

/** Sentences about deckies whose TCP/IP is of another family than everything else of them, those that agree in that together. */
export function contradictions(plans: readonly DeckyPlan[]): string[] {
  const found = new Map<string, { readonly claims: string; readonly plays: string; readonly names: string[] }>()
  for (const plan of plans) {
    const own = archetypes.find(({ name }) => name === plan.archetype)?.family
    if (plan.osFamily === undefined || plan.osFamily === own) continue
    const [claims, plays] = [TITLES[plan.osFamily], makePersona(plan).os.prettyName.replace(/ \(.*/u, '')]
    const key = `${claims}/${plays}`
    const group = found.get(key) ?? { claims, plays, names: [] }
    found.set(key, group)
    group.names.push(plan.name)
  }
  return [...found.values()].map(({ claims, plays, names }) => {
    const more = names.length - NAMED
    const who = more > 0 ? `${names.slice(0, NAMED).join(', ')} and ${more} more` : names.join(', ')
    const [verb, whose] = names.length === 1 ? ['claims', 'its'] : ['claim', 'their']
    return `${who} ${verb} ${claims} on the wire while ${whose} services are those of ${plays}: one scan shows both.`
  })
}
