/**
 * What the console knows about its connection. Pure: the shell tells it what happened and when, and does what `wait` says.
 * `catching-up`: connected again and still reading what was missed.
 */
export type Connection =
  | { readonly phase: 'connecting'; readonly attempt: number; readonly since: number }
  | { readonly phase: 'catching-up'; readonly since: number }
  | { readonly phase: 'live'; readonly since: number }
  | { readonly phase: 'offline'; readonly since: number; readonly attempt: number; readonly retryAt: number }

export type Happened =
  | { readonly what: 'opened'; readonly now: number; readonly resumed: boolean }
  | { readonly what: 'record'; readonly now: number; readonly at: number }
  | { readonly what: 'quiet'; readonly now: number }
  | { readonly what: 'lost'; readonly now: number }
  | { readonly what: 'retrying'; readonly now: number }

export const begin = (now: number): Connection => ({ phase: 'connecting', attempt: 0, since: now })

/** A record this fresh means that nothing older waits. */
const fresh = 3000
/** 0.5 s, 1 s, 2 s … at most 15 s. */
export const waitFor = (attempt: number) => Math.min(15_000, 500 * 2 ** Math.min(attempt, 6))

export function next(state: Connection, event: Happened): Connection {
  switch (event.what) {
    case 'opened':
      return event.resumed ? { phase: 'catching-up', since: event.now } : { phase: 'live', since: event.now }
    case 'record':
      return state.phase === 'catching-up' && event.now - event.at < fresh ? { phase: 'live', since: event.now } : state
    case 'quiet':
      return state.phase === 'catching-up' ? { phase: 'live', since: event.now } : state
    case 'retrying':
      return state.phase === 'offline' ? { ...state, retryAt: event.now } : state
    case 'lost': {
      const attempt = state.phase === 'offline' ? state.attempt + 1 : state.phase === 'connecting' ? state.attempt + 1 : 0
      const since = state.phase === 'offline' || state.phase === 'connecting' ? state.since : event.now
      return { phase: 'offline', since, attempt, retryAt: event.now + waitFor(attempt) }
    }
  }
}
