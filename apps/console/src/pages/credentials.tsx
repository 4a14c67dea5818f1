import { Page } from '../frame/page.tsx'
import { useReuse } from '../queries.ts'
import { setParams, useUrl } from '../url.ts'
import { MostUsed } from './credentials/most-used.tsx'
import { ReuseList } from './credentials/reuse-list.tsx'
import { Tried } from './credentials/tried.tsx'
import './attackers.css'
import './credentials/credentials.css'

const views = ['tried', 'reuse', 'top'] as const
type View = (typeof views)[number]

export default function Credentials() {
  const { params } = useUrl()
  const reuse = useReuse({ limit: 100 })
  const view: View = views.find((v) => v === params.get('view')) ?? 'tried'
  const count = reuse.data?.total ?? 0
  const titles: Record<View, string> = { tried: 'All tried', reuse: 'Reused', top: 'Most used' }
  const tabs = (
    <>
      <h1 className="page-title">Credentials</h1>
      <span className="seg">
        {views.map((v) => (
          <button
            key={v}
            type="button"
            aria-pressed={view === v}
            onClick={() => setParams({ view: v === 'tried' ? null : v, sort: null, order: null })}
          >
            {titles[v]}
            {v === 'reuse' && count > 0 && <span className="tab-n">{count}</span>}
          </button>
        ))}
      </span>
    </>
  )
  return (
    <Page title="Credentials" fill>
      <div className="pad">
        {view === 'tried' ? (
          <Tried toolbar={tabs} />
        ) : view === 'reuse' ? (
          <ReuseList toolbar={tabs} reuse={reuse} />
        ) : (
          <MostUsed toolbar={tabs} />
        )}
      </div>
    </Page>
  )
}
