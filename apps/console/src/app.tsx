import { Component, lazy, type ReactNode, Suspense } from 'react'
import { Route, Switch, useLocation } from 'wouter'
import { ApiError } from './api.ts'
import { Frame } from './frame/frame.tsx'
import { LiveProvider } from './frame/live-context.tsx'
import { Page } from './frame/page.tsx'
import { Login, MustChange } from './pages/login.tsx'
import { Empty, Failed, SkeletonRows } from './parts/empty.tsx'
import { useMe } from './queries.ts'
import { hrefTo } from './url.ts'

const Overview = lazy(() => import('./pages/overview.tsx'))
const Live = lazy(() => import('./pages/live.tsx'))
const Attack = lazy(() => import('./pages/attack.tsx'))
const Attackers = lazy(() => import('./pages/attackers.tsx'))
const Attacker = lazy(() => import('./pages/attacker.tsx'))
const Identities = lazy(() => import('./pages/identities.tsx'))
const Identity = lazy(() => import('./pages/identity.tsx'))
const Campaigns = lazy(() => import('./pages/campaigns.tsx'))
const Campaign = lazy(() => import('./pages/campaign.tsx'))
const Credentials = lazy(() => import('./pages/credentials.tsx'))
const Rules = lazy(() => import('./pages/rules.tsx'))
const Fleet = lazy(() => import('./pages/fleet.tsx'))
const Lab = lazy(() => import('./pages/lab.tsx'))
const Workers = lazy(() => import('./pages/workers.tsx'))
const Settings = lazy(() => import('./pages/settings.tsx'))

/** Who is there decides what is shown: the login, the first password change, or the console. */
export function App() {
  const me = useMe()
  const [path] = useLocation()
  const error = me.error instanceof ApiError ? me.error : null
  if (error?.status === 401) return <Login />
  if (me.data?.must_change_password || error?.status === 403) return <MustChange username={me.data?.username ?? ''} />
  if (!me.data && me.error)
    return (
      <div style={{ paddingTop: '16vh' }}>
        <Failed error={me.error} retry={() => void me.refetch()} />
      </div>
    )
  if (!me.data) return <div className="app" aria-busy="true" />
  return (
    <LiveProvider>
      <Frame>
        <Broken>
          <Suspense
            // A page that is left goes at once: a boundary that stays would hide it behind the fallback, and there would be two main regions.
            key={path.split('/')[1]}
            fallback={
              <Page title="Loading">
                <h1 className="sr">Loading</h1>
                <SkeletonRows count={10} />
              </Page>
            }
          >
            <Switch>
              <Route path="/" component={Overview} />
              <Route path="/live" component={Live} />
              <Route path="/attackers" component={Attackers} />
              <Route path="/attackers/:id">{(params) => <Attacker key={params.id} id={params.id} />}</Route>
              <Route path="/identities" component={Identities} />
              <Route path="/identities/:id">{(params) => <Identity key={params.id} id={params.id} />}</Route>
              <Route path="/campaigns" component={Campaigns} />
              <Route path="/campaigns/:id">{(params) => <Campaign key={params.id} id={params.id} />}</Route>
              <Route path="/credentials" component={Credentials} />
              <Route path="/attack" component={Attack} />
              <Route path="/rules/*?">{(params) => <Rules rest={params['*'] ?? ''} />}</Route>
              <Route path="/fleet/*?">{(params) => <Fleet rest={params['*'] ?? ''} />}</Route>
              <Route path="/lab" component={Lab} />
              <Route path="/workers" component={Workers} />
              <Route path="/settings" component={Settings} />
              <Route>
                <Page title="Not here">
                  <h1 className="sr">Not here</h1>
                  <Empty
                    title="There is no such page"
                    actions={
                      <a className="btn" href={hrefTo('/')}>
                        Back to the overview
                      </a>
                    }
                  >
                    The address may be mistyped, or the page comes with a later version.
                  </Empty>
                </Page>
              </Route>
            </Switch>
          </Suspense>
        </Broken>
      </Frame>
    </LiveProvider>
  )
}

/** A page that breaks leaves the frame standing. */
class Broken extends Component<{ children: ReactNode }, { error: unknown }> {
  override state = { error: null as unknown }
  static getDerivedStateFromError(error: unknown) {
    return { error }
  }
  override render() {
    if (this.state.error === null) return this.props.children
    return (
      <Page title="Broken">
        <Failed error={this.state.error} retry={() => this.setState({ error: null })} />
      </Page>
    )
  }
}
