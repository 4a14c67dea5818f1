import {
  contacts,
  type DeployRequest,
  deployAccepted,
  fleetArchetypes,
  fleetDistros,
  fleetNetworks,
  lifecyclePage,
  mutationPage,
  serviceCatalogue,
  serviceConfigs,
  serviceSchema,
  sessionPage,
} from '@decnet/contracts/api'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { get, send } from './api.ts'
import { deckyOf, every, periodOf } from './queries.ts'
import { type Range, rangeKey } from './time/range.ts'
import { isOpen } from './words/decky.ts'

/** Definitions change with a release only. */
const FOR_LONG = 600_000
const at = encodeURIComponent

/** Who touched which decky. */
export const useContacts = (range: Range) =>
  useQuery({
    queryKey: ['contacts', rangeKey(range)],
    queryFn: ({ signal }) => get(contacts, '/fleet/contacts', periodOf(range), signal),
    refetchInterval: every(range, 15_000),
    placeholderData: keepPreviousData,
  })
/** What a decky was over time, newest first. */
export const useMutations = (decky: string) =>
  useQuery({
    queryKey: ['deckies', decky, 'mutations'],
    queryFn: ({ signal }) => get(mutationPage, `${deckyOf(decky)}/mutations`, { limit: 200 }, signal),
  })

/** Its sessions in a period, the newest first. */
export const useDeckySessions = (decky: string, range: Range, limit: number) =>
  useQuery({
    queryKey: ['sessions', 'decky', decky, rangeKey(range), limit],
    queryFn: ({ signal }) => get(sessionPage, '/sessions', { decky, limit, ...periodOf(range) }, signal),
    refetchInterval: every(range, 30_000),
    placeholderData: keepPreviousData,
  })

/** What was wanted of deckies, newest first; asked for often while one of them is under way. */
export const useLifecycle = (filter: { readonly decky?: string; readonly ids?: string; readonly limit: number }) =>
  useQuery({
    queryKey: ['deckies', 'lifecycle', filter],
    queryFn: ({ signal }) => get(lifecyclePage, '/deckies/lifecycle', filter, signal),
    refetchInterval: ({ state }) => (state.data?.data.some(isOpen) ? 1_000 : 15_000),
  })

export const useFleetNetworks = () =>
  useQuery({ queryKey: ['fleet', 'network'], queryFn: ({ signal }) => get(fleetNetworks, '/fleet/network', {}, signal) })
export const useArchetypes = () =>
  useQuery({
    queryKey: ['fleet', 'archetypes'],
    staleTime: FOR_LONG,
    queryFn: ({ signal }) => get(fleetArchetypes, '/fleet/archetypes', {}, signal),
  })
export const useDistros = () =>
  useQuery({
    queryKey: ['fleet', 'distros'],
    staleTime: FOR_LONG,
    queryFn: ({ signal }) => get(fleetDistros, '/fleet/distros', {}, signal),
  })
/** The services that there are. */
export const useCatalogue = () =>
  useQuery({
    queryKey: ['services'],
    staleTime: FOR_LONG,
    queryFn: ({ signal }) => get(serviceCatalogue, '/topologies/services', {}, signal),
  })
/** The settings of a service. */
export const useServiceSchema = (name: string | null) =>
  useQuery({
    queryKey: ['services', name],
    enabled: name !== null,
    staleTime: FOR_LONG,
    queryFn: ({ signal }) => get(serviceSchema, `/topologies/services/${at(name ?? '')}/schema`, {}, signal),
  })

/** What would come of a deployment, as the server answers it; nothing is changed. */
export const useDryRun = (request: DeployRequest | null) =>
  useQuery({
    queryKey: ['fleet', 'plan', request],
    enabled: request !== null,
    retry: false,
    gcTime: 0,
    staleTime: 5_000,
    queryFn: async () => deployAccepted.parse(await send('POST', '/deckies/deploy?dry_run=true', request)).plan,
    placeholderData: keepPreviousData,
  })
/** What a service of a decky runs with, and what is saved for its next start. */
export const useServiceConfig = (decky: string, service: string) =>
  useQuery({
    queryKey: ['deckies', decky, 'config', service],
    gcTime: 0,
    queryFn: ({ signal }) => get(serviceConfigs, `${deckyOf(decky)}/services/${at(service)}/config`, {}, signal),
  })
