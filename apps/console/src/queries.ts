import {
  type AttackDomain,
  artifactPage,
  attacker,
  attackerFacets,
  attackerPage,
  attackerProbes,
  attackTactics,
  attackTechniqueDetail,
  attackTechniquePage,
  attribution,
  behaviourPage,
  type CommandKind,
  campaign,
  campaignPage,
  commandPage,
  credentialPage,
  credentialReusePage,
  deckies,
  decky,
  groupEvidence,
  health,
  histogram,
  identity,
  identityMemberPage,
  identityPage,
  labReport,
  labReports,
  logPage,
  observedTechniques,
  session,
  sessionPage,
  similarAttackers,
  similarSessions,
  stats,
  techniqueTags,
  topCredentialRows,
  ttpRules,
  user,
  users,
  workers,
} from '@decnet/contracts/api'
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query'
import { get, getText, type Params } from './api.ts'
import { bucketOf, type Range, rangeKey, resolveRange } from './time/range.ts'
import { workerState } from './words/worker.ts'

/** Period parameters at the moment of asking. */
export function periodOf(range: Range): { start_time: string; end_time: string } {
  const { start, end } = resolveRange(range, Date.now())
  return { start_time: new Date(start).toISOString(), end_time: new Date(end).toISOString() }
}
/** A moving period is asked again; a fixed one does not change. */
export const every = (range: Range, ms: number) => (range.kind === 'last' ? ms : false)

export const useMe = () =>
  useQuery({ queryKey: ['me'], queryFn: ({ signal }) => get(user, '/auth/me', {}, signal), retry: false, staleTime: 60_000 })

/** When the first event of all was, epoch milliseconds; `null` while there is none. */
export const useFirstSeen = () =>
  useQuery({
    queryKey: ['attackers', 'first'],
    queryFn: async ({ signal }) => {
      const { data } = await fetchAttackers({ sort_by: 'first_seen', order: 'asc', limit: 1 }, signal)
      return data[0] ? Date.parse(data[0].first_seen) : null
    },
    refetchInterval: 60_000,
  })

export const useStats = (range: Range) =>
  useQuery({
    queryKey: ['stats', rangeKey(range)],
    queryFn: ({ signal }) => get(stats, '/stats', periodOf(range), signal),
    refetchInterval: every(range, 15_000),
    placeholderData: keepPreviousData,
  })

export const useHistogram = (range: Range, search: string, bars = 96) =>
  useQuery({
    queryKey: ['histogram', rangeKey(range), search, bars],
    queryFn: async ({ signal }) => {
      const { start, end } = resolveRange(range, Date.now())
      const bucket = bucketOf(end - start, bars)
      const params = { ...periodOf(range), search, interval_minutes: bucket / 60_000 }
      const buckets = await get(histogram, '/logs/histogram', params, signal)
      return { start, end, bucket, buckets: buckets.map((b) => ({ at: Date.parse(b.time), count: b.count, services: b.services })) }
    },
    refetchInterval: every(range, 15_000),
    placeholderData: keepPreviousData,
  })
export type HistogramData = NonNullable<ReturnType<typeof useHistogram>['data']>

export const fetchLogs = (params: Params, signal?: AbortSignal) => get(logPage, '/logs', params, signal)
export const fetchAttackers = (params: Params, signal?: AbortSignal) => get(attackerPage, '/attackers', params, signal)
export const fetchCredentials = (params: Params, signal?: AbortSignal) => get(credentialPage, '/credentials', params, signal)

export const useFacets = (params: Params, range: Range) =>
  useQuery({
    queryKey: ['attackers', 'facets', params, rangeKey(range)],
    queryFn: ({ signal }) => get(attackerFacets, '/attackers/facets', { ...params, ...periodOf(range) }, signal),
    placeholderData: keepPreviousData,
  })
export const useCommands = (uuid: string, limit: number, kind: CommandKind = 'command') =>
  useQuery({
    queryKey: ['attacker', uuid, 'commands', kind, limit],
    queryFn: ({ signal }) => get(commandPage, `/attackers/${encodeURIComponent(uuid)}/commands`, { limit, kind }, signal),
  })
export const useArtifacts = (uuid: string) =>
  useQuery({
    queryKey: ['attacker', uuid, 'artifacts'],
    queryFn: ({ signal }) => get(artifactPage, `/attackers/${encodeURIComponent(uuid)}/artifacts`, { limit: 100 }, signal),
  })
export const useSessions = (params: Params) =>
  useQuery({ queryKey: ['sessions', params], queryFn: ({ signal }) => get(sessionPage, '/sessions', params, signal) })
export const useSession = (id: string) =>
  useQuery({ queryKey: ['session', id], queryFn: ({ signal }) => get(session, `/sessions/${encodeURIComponent(id)}`, {}, signal) })
export const useSessionEvents = (id: string, limit = 500) =>
  useQuery({
    queryKey: ['session', id, 'events', limit],
    queryFn: ({ signal }) => get(logPage, `/sessions/${encodeURIComponent(id)}/events`, { limit }, signal),
  })
export const useReplay = (id: string, enabled: boolean) =>
  useQuery({
    queryKey: ['session', id, 'replay'],
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => getText(`/sessions/${encodeURIComponent(id)}/replay`, signal),
  })
export const useLogs = (params: Params, enabled = true) =>
  useQuery({ queryKey: ['logs', params], enabled, queryFn: ({ signal }) => fetchLogs(params, signal) })
export const useCredentials = (params: Params) =>
  useQuery({ queryKey: ['credentials', 'list', params], queryFn: ({ signal }) => fetchCredentials(params, signal) })
export const useReuse = (params: Params = {}) =>
  useQuery({
    queryKey: ['credentials', 'reuse', params],
    queryFn: ({ signal }) => get(credentialReusePage, '/credential-reuse', params, signal),
  })
export const useTopCredentials = (by: 'secret' | 'principal' | 'pair', range: Range) =>
  useQuery({
    queryKey: ['credentials', 'top', by, rangeKey(range)],
    queryFn: ({ signal }) => get(topCredentialRows, '/credentials/top', { by, limit: 10, ...periodOf(range) }, signal),
    placeholderData: keepPreviousData,
  })
export const useDeckies = () =>
  useQuery({ queryKey: ['deckies'], queryFn: ({ signal }) => get(deckies, '/deckies', {}, signal), refetchInterval: 20_000 })
/** Where the API knows a decky. */
export const deckyOf = (name: string): string => `/deckies/${encodeURIComponent(name)}`
export const useDecky = (name: string) =>
  useQuery({ queryKey: ['deckies', name], queryFn: ({ signal }) => get(decky, deckyOf(name), {}, signal) })
/** Asked more often while one of them is between what is wanted and what is so. */
export const useWorkers = () =>
  useQuery({
    queryKey: ['workers'],
    queryFn: ({ signal }) => get(workers, '/workers', {}, signal),
    refetchInterval: ({ state: { data } }) => {
      const now = data ? Date.parse(data.generated_at) / 1000 : 0
      return data?.workers.some((w) => workerState(w, data.bus_connected, now).moving) ? 1000 : 10_000
    },
  })
export const useHealth = () =>
  useQuery({ queryKey: ['health'], queryFn: ({ signal }) => get(health, '/health', {}, signal), refetchInterval: 20_000 })
export const useUsers = () => useQuery({ queryKey: ['users'], queryFn: ({ signal }) => get(users, '/users', {}, signal) })

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u
/** An attacker by uuid or by address. `data` is `null` when nobody with that address is known. */
export const useAttackerOf = (id: string) =>
  useQuery({
    queryKey: ['attacker', id],
    queryFn: async ({ signal }) =>
      uuidPattern.test(id)
        ? await get(attacker, `/attackers/${id}`, {}, signal)
        : ((await fetchAttackers({ search: id, limit: 20 }, signal)).data.find((a) => a.ip === id) ?? null),
  })

export const fetchIdentities = (params: Params, signal?: AbortSignal) => get(identityPage, '/identities', params, signal)
export const fetchCampaigns = (params: Params, signal?: AbortSignal) => get(campaignPage, '/campaigns', params, signal)
export const useIdentity = (uuid: string) =>
  useQuery({
    queryKey: ['identities', uuid],
    queryFn: ({ signal }) => get(identity, `/identities/${encodeURIComponent(uuid)}`, {}, signal),
  })
/** Its attackers, those seen last first. */
export const useIdentityMembers = (uuid: string, limit = 200) =>
  useQuery({
    queryKey: ['identities', uuid, 'members', limit],
    queryFn: ({ signal }) => get(identityMemberPage, `/identities/${encodeURIComponent(uuid)}/observations`, { limit }, signal),
  })
export const useCampaign = (uuid: string) =>
  useQuery({ queryKey: ['campaigns', uuid], queryFn: ({ signal }) => get(campaign, `/campaigns/${encodeURIComponent(uuid)}`, {}, signal) })
export const useCampaignIdentities = (uuid: string, limit = 200) =>
  useQuery({
    queryKey: ['campaigns', uuid, 'identities', limit],
    queryFn: ({ signal }) => get(identityPage, `/campaigns/${encodeURIComponent(uuid)}/identities`, { limit }, signal),
  })
export const useEvidence = (layer: 'identities' | 'campaigns', uuid: string) =>
  useQuery({
    queryKey: [layer, uuid, 'evidence'],
    queryFn: ({ signal }) => get(groupEvidence, `/${layer}/${encodeURIComponent(uuid)}/evidence`, {}, signal),
  })
/** What is known of how an identity works; for an attacker, that of its identity. */
export const useTraits = (of: 'identities' | 'attackers', uuid: string) =>
  useQuery({
    queryKey: ['attacker', uuid, 'traits', of],
    queryFn: ({ signal }) => get(attribution, `/${of}/${encodeURIComponent(uuid)}/attribution`, {}, signal),
  })

/** Sessions of each of these identities, latest first; `data` null until all are there. */
export const useSessionsOf = (identities: readonly string[], limit: number) =>
  useQueries({
    queries: identities.map((identity) => ({
      queryKey: ['sessions', { identity, limit }],
      queryFn: ({ signal }: { signal: AbortSignal }) => get(sessionPage, '/sessions', { identity, limit }, signal),
    })),
    combine: (answers) => ({
      error: answers.find(({ error }) => error)?.error ?? null,
      data: answers.every(({ data }) => data) ? answers.flatMap(({ data }) => (data ? [data] : [])) : null,
    }),
  })
/** What single sessions of these attackers showed, in the order of time. */
export const useObservations = (attackers: readonly string[], limit = 200) =>
  useQueries({
    queries: attackers.map((uuid) => ({
      queryKey: ['attacker', uuid, 'observations', limit],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        get(behaviourPage, `/attackers/${encodeURIComponent(uuid)}/observations`, { limit }, signal),
    })),
    combine: (answers) => answers.flatMap(({ data }) => data?.data ?? []).sort((a, b) => a.start.localeCompare(b.start)),
  })

const MOST_SIMILAR = 5
/** Nobody announces that something was compared: while there is nothing, it is asked again. */
const untilCompared = ({ state }: { state: { data: { switched_off: boolean; data: readonly unknown[] } | undefined } }) =>
  state.data && state.data.data.length === 0 && !state.data.switched_off ? 10_000 : false
/** Attackers who work alike, nearest first. */
export const useSimilarAttackers = (uuid: string) =>
  useQuery({
    queryKey: ['attacker', uuid, 'similar'],
    queryFn: ({ signal }) => get(similarAttackers, `/attackers/${encodeURIComponent(uuid)}/similar`, { limit: MOST_SIMILAR }, signal),
    refetchInterval: untilCompared,
  })
/** What its own machine was asked; asked for often while somebody waits for an answer. */
export const useProbes = (uuid: string) =>
  useQuery({
    queryKey: ['attacker', uuid, 'probes'],
    queryFn: ({ signal }) => get(attackerProbes, `/attackers/${encodeURIComponent(uuid)}/probes`, {}, signal),
    refetchInterval: ({ state }) => (state.data?.data.some(({ due_at }) => due_at === null) ? 2_000 : 10_000),
  })
/** Sessions of others that are like this one, nearest first. */
export const useSimilarSessions = (id: string, by: 'conduct' | 'keystrokes') =>
  useQuery({
    queryKey: ['session', id, 'similar', by],
    queryFn: ({ signal }) => get(similarSessions, `/sessions/${encodeURIComponent(id)}/similar`, { by, limit: MOST_SIMILAR }, signal),
    refetchInterval: untilCompared,
  })

/** Reports come seldom, from the command line. */
export const useLabReports = () =>
  useQuery({
    queryKey: ['lab', 'reports'],
    queryFn: ({ signal }) => get(labReports, '/lab/reports', {}, signal),
    refetchInterval: 15_000,
  })
export const useLabReport = (id: string | null) =>
  useQuery({
    queryKey: ['lab', 'report', id],
    enabled: id !== null,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => get(labReport, `/lab/reports/${encodeURIComponent(id ?? '')}`, {}, signal),
  })

/** Whose techniques: everybody's, or those of one. */
export type TechniqueScope = 'attacker' | 'session' | 'identity' | 'campaign'
/** The columns of the matrix; they change with a release of ATT&CK. */
export const useTactics = () =>
  useQuery({ queryKey: ['attack', 'tactics'], staleTime: 600_000, queryFn: ({ signal }) => get(attackTactics, '/ttp/tactics', {}, signal) })
/** All that a domain of ATT&CK knows. */
export const useKnownTechniques = (domain: AttackDomain, enabled: boolean) =>
  useQuery({
    queryKey: ['attack', 'techniques', domain],
    enabled,
    staleTime: 600_000,
    queryFn: ({ signal }) => get(attackTechniquePage, '/ttp/techniques', { domain, limit: 1000 }, signal),
  })
/** What ATT&CK calls its techniques, of all domains, by id. */
export const useTechniqueNames = () =>
  useQuery({
    queryKey: ['attack', 'names'],
    staleTime: 600_000,
    queryFn: async ({ signal }) =>
      new Map((await get(attackTechniquePage, '/ttp/techniques', { limit: 1000 }, signal)).data.map(({ id, name }) => [id, name])),
  })
export const useKnownTechnique = (id: string) =>
  useQuery({
    queryKey: ['attack', 'technique', id],
    staleTime: 600_000,
    retry: false,
    queryFn: ({ signal }) => get(attackTechniqueDetail, `/ttp/techniques/${encodeURIComponent(id)}`, {}, signal),
  })
/** What everybody did in a period. */
export const useObservedTechniques = (range: Range, confidence: number) =>
  useQuery({
    queryKey: ['techniques', rangeKey(range), confidence],
    queryFn: ({ signal }) => get(observedTechniques, '/ttp/observed', { ...periodOf(range), confidence }, signal),
    refetchInterval: every(range, 20_000),
    placeholderData: keepPreviousData,
  })
export const useTechniquesOf = (of: TechniqueScope, id: string) =>
  useQuery({
    queryKey: ['techniques', of, id],
    queryFn: ({ signal }) => get(observedTechniques, `/ttp/by-${of}/${encodeURIComponent(id)}`, {}, signal),
  })
/** Why a technique is said to have been used, newest first; `whose`: `attacker/<uuid>` and the like, or everybody in a period. */
export const useTechniqueTags = (technique: string, whose: string | Range, limit: number) =>
  useQuery({
    queryKey: ['techniques', 'tags', technique, typeof whose === 'string' ? whose : rangeKey(whose), limit],
    queryFn: ({ signal }) =>
      typeof whose === 'string'
        ? get(techniqueTags, `/ttp/tags/by-${whose}/${technique}`, { limit }, signal)
        : get(techniqueTags, `/ttp/tags/${technique}`, { ...periodOf(whose), limit }, signal),
  })
/** Every rule, with how it stands and what came of it. */
export const useRules = (enabled = true) =>
  useQuery({
    queryKey: ['rules', 'all'],
    enabled,
    queryFn: ({ signal }) => get(ttpRules, '/ttp/rules', {}, signal),
    refetchInterval: 10_000,
  })
