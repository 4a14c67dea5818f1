import type { Page } from '@decnet/contracts/api'
import { keepPreviousData, type QueryKey, useQueries, useQuery } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'

export const pageSize = 100

/** A list of any length of which only the pages in sight are fetched. */
export interface Paged<R> {
  readonly total: number | null
  readonly error: unknown
  readonly loading: boolean
  /** `undefined`: not here yet. */
  row(index: number): R | undefined
  /** What is in sight; fetches what is missing. */
  see(first: number, last: number): void
  again(): void
}

/** `key` names the list and all that filters and sorts it; `fetchPage` asks the server for one page. */
export function usePaged<R>(
  key: QueryKey,
  fetchPage: (page: { limit: number; offset: number }, signal: AbortSignal) => Promise<Page<R>>,
  refetch: number | false = false,
): Paged<R> {
  const [seen, setSeen] = useState({ first: 0, last: 0 })
  const optionsOf = (n: number) => ({
    queryKey: [...key, 'page', n],
    queryFn: ({ signal }: { signal: AbortSignal }) => fetchPage({ limit: pageSize, offset: n * pageSize }, signal),
    staleTime: 10_000,
  })
  const head = useQuery({ ...optionsOf(0), placeholderData: keepPreviousData, refetchInterval: refetch })
  const numbers = useMemo(() => {
    const first = Math.max(1, seen.first)
    return Array.from({ length: Math.max(0, seen.last - first + 1) }, (_, i) => first + i)
  }, [seen])
  const others = useQueries({ queries: numbers.map((n) => ({ ...optionsOf(n), placeholderData: keepPreviousData })) })
  const total = head.data?.total ?? null
  const row = useCallback(
    (index: number): R | undefined => {
      const n = Math.floor(index / pageSize)
      const page = n === 0 ? head.data : others[numbers.indexOf(n)]?.data
      return page?.offset === n * pageSize ? page.data[index % pageSize] : undefined
    },
    [head.data, others, numbers],
  )
  const see = useCallback((first: number, last: number) => {
    const next = { first: Math.floor(first / pageSize), last: Math.min(Math.floor(last / pageSize), Math.floor(first / pageSize) + 3) }
    setSeen((now) => (now.first === next.first && now.last === next.last ? now : next))
  }, [])
  const again = useCallback(() => void head.refetch(), [head.refetch])
  return useMemo(
    () => ({ total, error: head.data ? null : head.error, loading: head.isPending, row, see, again }),
    [total, head.data, head.error, head.isPending, row, see, again],
  )
}
