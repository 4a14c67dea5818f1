import type { Worker } from '@decnet/contracts/api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import { send } from '../api.ts'
import { Page } from '../frame/page.tsx'
import { Confirm } from '../parts/dialog.tsx'
import { Failed, SkeletonRows } from '../parts/empty.tsx'
import { useMe, useWorkers } from '../queries.ts'
import { duration, figure, plural } from '../time/words.ts'
import './workers/workers.css'

const dots: Record<Worker['status'], string> = { ok: 'dot', stale: 'dot bad', unknown: 'dot off' }
const words: Record<Worker['status'], string> = { ok: 'OK', stale: 'Stale', unknown: 'Unknown' }
const kinds: Record<Worker['kind'], string> = { fold: 'reads the log', tick: 'runs by the clock', process: 'process' }

export default function Workers() {
  const workers = useWorkers()
  const me = useMe()
  const client = useQueryClient()
  const [asked, setAsked] = useState<string | null>(null)
  const admin = me.data?.role === 'admin'
  const act = useMutation({
    mutationFn: ({ name, action }: { name: string; action: 'stop' | 'start' }) =>
      send('POST', `/workers/${encodeURIComponent(name)}/${action}`),
    onSuccess: (_, { name, action }) => toast.success(action === 'stop' ? `${name} was asked to stop` : `${name} is starting`),
    onError: (error) => toast.error(error.message),
    onSettled: () => {
      setAsked(null)
      void client.invalidateQueries({ queryKey: ['workers'] })
    },
  })
  const all = useMutation({
    mutationFn: () => send('POST', '/workers/start-all'),
    onSuccess: () => toast.success('All workers were asked to start'),
    onError: (error) => toast.error(error.message),
    onSettled: () => void client.invalidateQueries({ queryKey: ['workers'] }),
  })
  const list = workers.data?.workers ?? []
  const stopped = list.filter((w) => w.desired === 'stopped')
  return (
    <Page title="Workers">
      <header className="fleet-head" style={{ display: 'flex', justifyContent: 'space-between', gap: 16, marginBottom: 16 }}>
        <div>
          <h1 className="lead">{workers.data ? sentence(list) : 'Workers'}</h1>
          <p className="sub">
            They turn events into attackers, sessions and findings. Stopped ones lose nothing: they go on where they were.
          </p>
        </div>
        {admin && stopped.length > 0 && (
          <button type="button" className="btn" disabled={all.isPending} onClick={() => all.mutate()}>
            Start all
          </button>
        )}
      </header>
      {workers.data && !workers.data.bus_connected && (
        <div className="notice" role="status">
          <TriangleAlert aria-hidden />
          <span>
            The bus is not connected, so heartbeats do not arrive and every worker looks unknown. Nothing is lost: workers poll the log
            meanwhile.
          </span>
        </div>
      )}
      {workers.error && !workers.data ? (
        <Failed error={workers.error} retry={() => void workers.refetch()} />
      ) : !workers.data ? (
        <SkeletonRows count={6} height={40} />
      ) : (
        <table className="plain workers">
          <thead>
            <tr>
              <th scope="col">Worker</th>
              <th scope="col" className="w-state">
                State
              </th>
              <th scope="col" className="w-beat">
                Heartbeat
              </th>
              <th scope="col" className="num w-lag">
                Behind
              </th>
              <th scope="col" className="w-do">
                <span className="sr">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {list.map((w) => (
              <tr key={w.name}>
                <td className="wrap">
                  <b className="mono">{w.name}</b>
                  <span className="faint small"> {kinds[w.kind]}</span>
                  <p className="dim small">{w.summary}</p>
                </td>
                <td>
                  <State worker={w} />
                </td>
                <td className="dim">
                  {w.seconds_since === null ? <span className="faint">never</span> : `${duration(w.seconds_since)} ago`}
                </td>
                <td className="num">
                  {w.lag === null ? <span className="faint">–</span> : w.lag === 0 ? <span className="faint">0</span> : figure(w.lag)}
                </td>
                <td className="num">
                  {admin && w.stoppable && (
                    <button
                      type="button"
                      className="btn"
                      disabled={act.isPending}
                      onClick={() => (w.desired === 'stopped' ? act.mutate({ name: w.name, action: 'start' }) : setAsked(w.name))}
                      aria-label={`${w.desired === 'stopped' ? 'Start' : 'Stop'} ${w.name}`}
                    >
                      {w.desired === 'stopped' ? 'Start' : 'Stop'}
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Confirm
        open={asked !== null}
        onClose={() => setAsked(null)}
        title={`Stop ${asked ?? ''}?`}
        about="What it derives stops being updated until it is started again. No event is lost."
        action="Stop it"
        busy={act.isPending}
        onConfirm={() => asked && act.mutate({ name: asked, action: 'stop' })}
      />
    </Page>
  )
}

function State({ worker: w }: { worker: Worker }) {
  if (w.desired === 'stopped')
    return (
      <span className="w-dot">
        <span className="dot off" /> Stopped
      </span>
    )
  return (
    <span className="w-dot">
      <span className={dots[w.status]} /> {words[w.status]}
    </span>
  )
}

function sentence(list: readonly Worker[]): string {
  const wanted = list.filter((w) => w.desired === 'running')
  const stale = wanted.filter((w) => w.status === 'stale')
  const behind = Math.max(0, ...list.map((w) => w.lag ?? 0))
  if (stale.length > 0)
    return `${stale
      .map((w) => w.name)
      .slice(0, 3)
      .join(', ')} ${stale.length === 1 ? 'has' : 'have'} gone silent.`
  if (behind > 500) return `All workers run; the slowest is ${plural(behind, 'record')} behind.`
  if (wanted.length < list.length) return `${plural(list.length - wanted.length, 'worker')} stopped, the others run.`
  return 'All workers run and are up to date.'
}
