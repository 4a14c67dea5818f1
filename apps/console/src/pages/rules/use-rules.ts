import {
  attackTechniquePage,
  type TtpBenchRequest,
  techniqueTags,
  ttpBench,
  ttpHits,
  ttpRuleCheck,
  ttpRuleDetail,
} from '@decnet/contracts/api'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { toast } from 'sonner'
import { get, send } from '../../api.ts'
import { periodOf, useTactics } from '../../queries.ts'
import { bucketOf, overRange, type Range, rangeKey, resolveRange } from '../../time/range.ts'
import type { BenchItem } from './bench-items.ts'
import type { Techniques } from './find-rules.ts'

const pathOf = (id: string) => `/ttp/rules/${encodeURIComponent(id)}`
const OFTEN = 10_000

export const useRule = (id: string | null) =>
  useQuery({
    queryKey: ['rules', 'one', id],
    enabled: id !== null && id !== '',
    queryFn: ({ signal }) => get(ttpRuleDetail, pathOf(id ?? ''), {}, signal),
    refetchInterval: OFTEN,
  })
/** How often each rule fired in each part of a period, from its beginning to its end. */
export const useRuleHits = (range: Range) =>
  useQuery({
    queryKey: ['rules', 'hits', rangeKey(range)],
    queryFn: async ({ signal }) => {
      const { start, end } = resolveRange(range, Date.now())
      const width = bucketOf(end - start, 30)
      const interval_minutes = Math.max(1, width / 60_000)
      const { data, start_time } = await get(ttpHits, '/ttp/hits', { ...periodOf(range), interval_minutes }, signal)
      const series = data.map(
        (row) => [row.rule, overRange(row.series, Date.parse(start_time ?? ''), { start, end }, interval_minutes * 60_000)] as const,
      )
      return new Map(series)
    },
    refetchInterval: OFTEN,
    placeholderData: keepPreviousData,
  })
/** What a rule recognised, newest first. */
export const useRuleTags = (id: string, limit: number) =>
  useQuery({
    queryKey: ['rules', 'tags', id, limit],
    queryFn: ({ signal }) => get(techniqueTags, `${pathOf(id)}/tags`, { limit }, signal),
    refetchInterval: OFTEN,
    placeholderData: keepPreviousData,
  })

/** What ATT&CK calls each technique, and for which tactics it is used. */
export function useTechniqueFacts(): Techniques {
  const tactics = useTactics().data
  const known = useQuery({
    queryKey: ['attack', 'techniques', 'facts'],
    staleTime: 600_000,
    queryFn: async ({ signal }) => (await get(attackTechniquePage, '/ttp/techniques', { limit: 1000 }, signal)).data,
  }).data
  const short = new Map(tactics?.data.map(({ id, short_name }) => [id, short_name]))
  const facts = (known ?? []).map((of) => [of.id, { name: of.name, tactics: of.tactics.map(({ id }) => short.get(id) ?? id) }] as const)
  return new Map(facts)
}

/** What is wrong with a text, and how its examples come out; of the last text that was asked about. */
export const useRuleCheck = (yaml: string) =>
  useQuery({
    queryKey: ['rule-check', yaml],
    enabled: yaml.trim() !== '',
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    retry: false,
    placeholderData: keepPreviousData,
    queryFn: async () => ({ yaml, ...ttpRuleCheck.parse(await send('POST', '/ttp/rules/check', { yaml })) }),
  })

/** What fires at evidence, and why a text that is tried does not; the answer keeps what it is about. */
export const useBench = (items: readonly BenchItem[], tried: string | undefined) => {
  const request: TtpBenchRequest = { items: items.map(({ item }) => item), ...(tried !== undefined && { yaml: tried }) }
  return useQuery({
    queryKey: ['rule-bench', request],
    enabled: items.length > 0,
    gcTime: 60_000,
    retry: false,
    placeholderData: keepPreviousData,
    queryFn: async () => ({ items, ...ttpBench.parse(await send('POST', '/ttp/bench', request)) }),
  })
}

export interface Decision {
  readonly state: 'enabled' | 'disabled' | 'clipped'
  readonly confidence_max?: number
  readonly expires_at?: string
  readonly reason?: string
}

/** What an operator does with rules. */
export function useRuleActions(id: string) {
  const client = useQueryClient()
  const onError = (error: Error) => void toast.error(error.message)
  const onSettled = () => client.invalidateQueries({ queryKey: ['rules'] })
  const decide = useMutation({
    mutationFn: (decision: Decision | null) =>
      decision ? send('POST', `${pathOf(id)}/state`, decision) : send('DELETE', `${pathOf(id)}/state`),
    onSuccess: (_answer, decision) => void toast.success(decision ? 'Every worker obeys from now on.' : 'Taken back. The rule is on.'),
    onError,
    onSettled,
  })
  const judge = useMutation({
    mutationFn: ({ tag, verdict }: { tag: string; verdict: 'right' | 'wrong' | null }) =>
      verdict ? send('PUT', `/ttp/tags/${tag}/verdict`, { verdict }) : send('DELETE', `/ttp/tags/${tag}/verdict`),
    onError,
    onSettled,
  })
  const save = useMutation({
    mutationFn: ({ rule, yaml }: { rule: string; yaml: string }) => send('PUT', pathOf(rule), { yaml }),
    onSettled,
  })
  const takeBack = useMutation({
    mutationFn: () => send('DELETE', pathOf(id)),
    onSuccess: () => void toast.success('Taken back.'),
    onError,
    onSettled,
  })
  return { decide, judge, save, takeBack }
}
