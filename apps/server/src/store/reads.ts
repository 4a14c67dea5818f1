import { artifactsOf, commandsOf } from './attacker-activity.ts'
import { attackerFacets, findAttacker, listAttackers } from './attackers.ts'
import { latestBackfills } from './backfills.ts'
import { attackerAttribution, attackerBehaviour, identityAttribution } from './behaviour.ts'
import { campaignIdentities, findCampaign, listCampaigns } from './campaigns.ts'
import { readContacts } from './contacts.ts'
import { attemptsForSecret, findReuse, listCredentials, listReuse, topCredentials } from './credentials.ts'
import { listDeckies } from './deckies.ts'
import { deckyMutations } from './decky-mutations.ts'
import { wantedFleet } from './fleet.ts'
import { groupEvidence } from './groups.ts'
import { findIdentity, identityMembers, listIdentities, memberUuids } from './identities.ts'
import { logBounds, logHistogram, readAfter, searchLog } from './log-search.ts'
import { logSpan } from './log-span.ts'
import { streamAfter } from './log-stream.ts'
import { observedTechniques, techniqueTags } from './observed-techniques.ts'
import type { Db, Store } from './open.ts'
import { listOperations } from './operations.ts'
import { findLink, listLinks, statedOrders } from './operator-links.ts'
import { probesOf } from './probes.ts'
import { profileOf } from './profiles.ts'
import { ruleStates } from './rule-states.ts'
import { claimedBy, ruleHits, ruleTallies, tagSpan } from './rule-tallies.ts'
import { findSession, listSessions } from './sessions.ts'
import { readStats } from './stats.ts'
import { tarpitsOf } from './tarpits.ts'
import { listUsers, userByName, userByToken } from './users.ts'
import { workerDesires } from './worker-desires.ts'

type Read<Args extends unknown[], Result> = (db: Db, ...args: Args) => Promise<Result>

/** What the API and the command line ask of the database, over any connection; run by a reading thread in the server. */
export function reads({ db }: Store) {
  const on =
    <Args, Result>(read: Read<[Args], Result>) =>
    (args: Args) =>
      read(db, args)
  return {
    'attackers.list': on(listAttackers),
    'attackers.find': on(findAttacker),
    'attackers.facets': on(attackerFacets),
    'attackers.profile': on(profileOf),
    'attackers.commands': on(commandsOf),
    'attackers.artifacts': on(artifactsOf),
    'attackers.probes': on(probesOf),
    'attackers.attribution': on(attackerAttribution),
    'attackers.behaviour': on(attackerBehaviour),
    'rules.tallies': on(ruleTallies),
    'rules.claimed': on(claimedBy),
    'rules.hits': on(ruleHits),
    'rules.tagSpan': () => tagSpan(db),
    'backfills.list': () => latestBackfills(db),
    'rules.states': async () => [...(await ruleStates(db)).values()],
    'identities.list': on(listIdentities),
    'identities.find': on(findIdentity),
    'identities.members': on(identityMembers),
    'identities.memberUuids': on(memberUuids),
    'identities.attribution': on(identityAttribution),
    'identities.link': on(findLink),
    'identities.links': on(listLinks),
    'identities.orders': on((db, _input: undefined) => statedOrders(db, 'identity-clusterer')),
    'campaigns.list': on(listCampaigns),
    'campaigns.find': on(findCampaign),
    'campaigns.identities': on(campaignIdentities),
    'groups.evidence': on(groupEvidence),
    'techniques.observed': on(observedTechniques),
    'techniques.tags': on(techniqueTags),
    'sessions.list': on(listSessions),
    'sessions.find': on(findSession),
    'credentials.list': on(listCredentials),
    'credentials.top': on(topCredentials),
    'credentials.attempts': (args: { sha256: string; limit: number }) => attemptsForSecret(db, args.sha256, args.limit),
    'reuse.list': on(listReuse),
    'reuse.find': on(findReuse),
    'log.search': on(searchLog),
    'log.after': on(readAfter),
    'log.stream': on(streamAfter),
    'log.histogram': on(logHistogram),
    'log.span': () => logSpan(db),
    'log.bounds': () => logBounds(db),
    'deckies.list': (titles: ReadonlyMap<string, string>) => listDeckies(db, titles),
    'tarpits.of': (decky: string) => tarpitsOf(db, decky),
    async 'fleet.network'() {
      const { network, deckies } = await wantedFleet(db)
      return { now: network, deckies: deckies.length }
    },
    'fleet.operations': on(listOperations),
    'fleet.contacts': on(readContacts),
    'fleet.mutations': on(deckyMutations),
    stats: on(readStats),
    'auth.user': on(userByToken),
    'users.byName': on(userByName),
    'users.list': () => listUsers(db),
    'workers.desires': () => workerDesires(db),
  }
}
export type Reads = ReturnType<typeof reads>
