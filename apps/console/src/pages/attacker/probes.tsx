import type { AttackerProbe } from '@decnet/contracts/api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { toast } from 'sonner'
import { send } from '../../api.ts'
import { Bytes } from '../../parts/bytes.tsx'
import { Time } from '../../parts/time.tsx'
import { useMe, useProbes } from '../../queries.ts'
import { plural } from '../../time/words.ts'
import { probe as probeName } from '../../words/finding.ts'

/** What says most of each kind, first; all of it chosen by that machine. */
const TOLD = ['ssh_banner', 'subject', 'server', 'title'] as const
function Told({ facts }: Pick<AttackerProbe, 'facts'>) {
  const text = TOLD.flatMap((name) => facts[name] ?? [])[0]
  if (text !== undefined) return <Bytes text={text} most={80} />
  return facts.window_scale === undefined ? null : <span className="dim">window scale {facts.window_scale}</span>
}

/** What its own machine answered when it was asked; nothing where nobody asks. */
export function Probes({ uuid }: { uuid: string }) {
  const { data } = useProbes(uuid)
  const admin = useMe().data?.role === 'admin'
  const client = useQueryClient()
  const ask = useMutation({
    mutationFn: () => send('POST', `/attackers/${encodeURIComponent(uuid)}/probe`),
    onError: (error: Error) => void toast.error(error.message),
    onSettled: () => client.invalidateQueries({ queryKey: ['attacker', uuid, 'probes'] }),
  })
  if (!data || (!data.enabled && data.data.length === 0)) return null
  const found = data.data.filter(({ hash }) => hash !== null)
  const tried = data.data.filter(({ visits }) => visits > 0)
  const waits = data.data.some(({ due_at }) => due_at === null)
  const ports = new Set(tried.map(({ port }) => port)).size
  return (
    <section className="section">
      <h2 className="h">
        Its own machine
        <span className="faint">
          {tried.length > 0 ? `${plural(ports, 'port')} asked, ${plural(found.length, 'answer')}` : 'not asked yet'}
        </span>
      </h2>
      {data.refused === null ? (
        admin &&
        data.enabled && (
          <button type="button" className="btn" disabled={waits || ask.isPending} onClick={() => ask.mutate()}>
            {waits ? 'Asking…' : 'Probe now'}
          </button>
        )
      ) : (
        <p className="faint small">Its address {data.refused}: it is not asked.</p>
      )}
      <ul className="rows">
        {found.map((row) => (
          <li key={`${row.port} ${row.probe}`} className="file">
            <span className="cut">
              {probeName(row.probe)} <span className="faint">port {row.port}</span> <Told facts={row.facts} />
            </span>
            <span className="faint nowrap">{row.answered_at !== null && <Time at={row.answered_at} />}</span>
            <span className="mono faint cut" title={row.hash ?? ''}>
              {row.hash}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
