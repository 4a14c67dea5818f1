import type { GroupEvidence, LinkEdge } from '@decnet/contracts/api'
import { operatorAnswer } from '@decnet/contracts/api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { toast } from 'sonner'
import { send } from '../../api.ts'
import { useMe } from '../../queries.ts'

export type Saying =
  | (Pick<LinkEdge, 'a' | 'b' | 'a_label' | 'b_label'> & { readonly kind: 'confirm' | 'forbid'; readonly reason: string })
  | { readonly kind: 'split'; readonly members: readonly string[]; readonly reason: string }

/** So many statements are taken back one by one at most. */
const UNDONE = 50
const said: Readonly<Record<Saying['kind'], string>> = {
  confirm: 'They stay together, whatever comes.',
  forbid: 'They part, and stay apart.',
  split: 'Split off. They stay apart, whatever comes.',
}

/** A statement is in force as soon as the clusterer has read it; where that takes longer than to ask, it is asked again. Milliseconds. */
const ASKED_AGAIN = [500, 1_000, 2_000, 4_000, 8_000, 16_000] as const

/** What an operator says of the attackers of an identity. What is said is seen at once, and taken away again if it was refused. */
export function useSay(identity: string) {
  const client = useQueryClient()
  const me = useMe().data
  const evidence = ['identities', identity, 'evidence']
  const onError = (error: Error) => void toast.error(error.message)
  const onSettled = () => client.invalidateQueries({ queryKey: ['identities'] })
  const untilSeen = async (ids: readonly string[], there: boolean) => {
    const disagrees = () => {
      const links = client.getQueryData<GroupEvidence>(evidence)?.operator_links
      return links !== undefined && ids.some((id) => links.some((link) => link.id === id) !== there)
    }
    for (const ms of ASKED_AGAIN) {
      await new Promise((resolve) => setTimeout(resolve, ms))
      if (!disagrees()) return
      await onSettled()
    }
  }
  const unsay = useMutation({
    mutationFn: (ids: readonly string[]) => Promise.all(ids.map((id) => send('DELETE', `/identities/links/${id}`))),
    onSuccess(_answers, ids) {
      toast('Taken back. The evidence decides again.')
      void untilSeen(ids, false)
    },
    onError,
    onSettled,
  })
  const say = useMutation({
    mutationFn: async (saying: Saying) => {
      const reason = saying.reason.trim() === '' ? {} : { reason: saying.reason.trim() }
      const answer =
        saying.kind === 'split'
          ? await send('POST', `/identities/${identity}/split`, { members: saying.members, ...reason })
          : await send('POST', '/identities/links', { kind: saying.kind, a: saying.a, b: saying.b, ...reason })
      return operatorAnswer.parse(answer).links
    },
    async onMutate(saying) {
      if (saying.kind === 'split') return {}
      await client.cancelQueries({ queryKey: evidence })
      const before = client.getQueryData<GroupEvidence>(evidence)
      const { kind, a, b, a_label, b_label } = saying
      const link = {
        id: `${a} ${b}`,
        kind,
        a,
        b,
        a_label,
        b_label,
        by: me?.username ?? '',
        at: new Date().toISOString(),
        reason: saying.reason.trim() || null,
      }
      if (before) client.setQueryData<GroupEvidence>(evidence, { ...before, operator_links: [link, ...before.operator_links] })
      return { before }
    },
    onSuccess(links, { kind }) {
      toast.success(said[kind], {
        duration: 12_000,
        ...(links.length <= UNDONE ? { action: { label: 'Undo', onClick: () => unsay.mutate(links) } } : {}),
      })
      void untilSeen(links, true)
    },
    onError(error: Error, _saying, context) {
      if (context?.before) client.setQueryData(evidence, context.before)
      onError(error)
    },
    onSettled,
  })
  return { say, unsay, may: me?.role === 'admin' }
}
export type Say = ReturnType<typeof useSay>
