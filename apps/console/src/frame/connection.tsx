import { Time, useNow } from '../parts/time.tsx'
import { useConnection, useFeed } from './live-context.tsx'

/** Live, catching up, or offline since when and when it tries again. A click tries at once. */
export function ConnectionState() {
  const state = useConnection()
  const feed = useFeed()
  const now = useNow()
  if (state.phase === 'offline') {
    const seconds = Math.max(0, Math.ceil((state.retryAt - now) / 1000))
    return (
      <button
        type="button"
        className="conn"
        data-phase="offline"
        onClick={feed.retryNow}
        title={`Next try in about ${seconds} s. Click to try now.`}
      >
        <span className="dot bad" />
        <span className="label">
          Offline, last contact <Time at={state.since} />
        </span>
        <span className="sr">Try now</span>
      </button>
    )
  }
  const [dot, text] =
    state.phase === 'live' ? ['dot', 'Live'] : state.phase === 'catching-up' ? ['dot warn', 'Catching up'] : ['dot off', 'Connecting']
  return (
    <span className="conn" data-phase={state.phase} role="status">
      <span className={dot} />
      <span className="label">{text}</span>
    </span>
  )
}
