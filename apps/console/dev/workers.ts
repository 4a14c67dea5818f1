import type { Replica, Worker } from '@decnet/contracts/api'

/** Between a wish and its being so, milliseconds. */
const OBEYED_MS = 1500
const STACK = `SqliteError: no such table: credential_reuse
    at Database.prepare (better-sqlite3/lib/methods/wrappers.js:5:21)
    secret \u202Egnp.exe\u001b[2J of ${'x'.repeat(300)}`

type Row = Omit<Worker, 'seconds_since' | 'last_heartbeat_ts' | 'generated_at'> & { age: number }

/** Workers in every state that an operator can meet; stopping and starting them works. */
export function workersOf(calm: boolean) {
  const since = Date.now()
  const replica = (instance: string, over: Partial<Replica> = {}): Replica => ({
    instance,
    host: 'kestrel',
    pid: 48_211,
    build: '0.1.0',
    state: 'running',
    partitions: null,
    seconds_since: 4,
    ...over,
  })
  const row = (name: string, kind: Worker['kind'], summary: string, over: Partial<Row> = {}): Row => ({
    name,
    summary,
    kind,
    status: 'ok',
    state: 'running',
    desired: 'running',
    desired_by: null,
    desired_at: null,
    installed: true,
    stoppable: true,
    stops_with: null,
    stop_means:
      'New attackers, sessions and scores do not appear until it is started again; then it takes up everything that came meanwhile.',
    lag: null,
    lag_history: [],
    last_error: null,
    parked: 0,
    dropped: 0,
    restarts: null,
    replicas: [replica(name)],
    extra: {},
    age: 4,
    ...over,
  })
  const fixed = { stoppable: false, stops_with: 'decnet down', stop_means: null }
  const waves = (most: number) => Array.from({ length: 60 }, (_, n) => Math.max(0, Math.round(most * Math.sin(n / 6) ** 3)))
  const troubled: Record<string, Partial<Row>> = calm
    ? {}
    : {
        sensor: { restarts: 2 },
        profiler: {
          lag: 312,
          lag_history: waves(900),
          replicas: [
            replica('a', { partitions: 9 }),
            replica('b', {
              host: 'a-host-with-a-rather-long-name.corp.lindenhof.example',
              pid: 1_204_118,
              partitions: 7,
              build: '0.1.0-77ef8d0',
              seconds_since: 21,
            }),
          ],
          dropped: 1204,
        },
        'reuse-correlator': {
          state: 'quarantined',
          last_error: STACK,
          parked: 3,
          lag: 4210,
          lag_history: Array.from({ length: 60 }, (_, n) => n * 71),
        },
        credentials: { last_error: 'TypeError: cannot read the secret of record 88213', lag: 2, lag_history: waves(20) },
        mailer: {
          replicas: [replica('m', { state: 'stopped', seconds_since: 11_000 })],
          state: 'stopped',
          desired: 'stopped',
          desired_by: 'night.shift@soc',
          desired_at: since / 1000 - 11_000,
          age: 11_000,
          status: 'stale',
          lag: 88_120,
          lag_history: Array.from({ length: 60 }, (_, n) => 80_000 + n * 140),
        },
        geo: { status: 'stale', age: 184, lag: 17, lag_history: waves(40) },
      }
  const all = [
    row('supervisor', 'process', 'Keeps server and sensor alive, and on a real network root helper and sniffer.', fixed),
    row('bus', 'process', 'Carries announcements between workers and to the live stream; without it they look by themselves.', {
      stop_means: 'Announcements come up to a second late, and heartbeats not at all, so silence says nothing. No event is lost.',
    }),
    row('api', 'process', 'Answers the console and scripts.', fixed),
    row('sensor', 'process', 'Plays the services of all deckies.', fixed),
    row('ingester', 'tick', 'Moves events from the spool into the event log, exactly once.', fixed),
    row('credentials', 'fold', 'Keeps what was tried: who, what, where, how often.', { lag: 0, lag_history: waves(3) }),
    row('profiler', 'fold', 'Keeps attackers, sessions and their commands.', { lag: 0, lag_history: waves(8) }),
    row('reuse-correlator', 'fold', 'Finds one secret used on several targets.', { lag: 0, lag_history: waves(2) }),
    ...(calm ? [] : [row('geo', 'fold', 'Says where an address is.'), row('mailer', 'fold', 'Sends what was asked to be sent.')]),
  ].map((w) => ({ ...w, ...troubled[w.name] }))

  function ask(name: string, stop: boolean): void {
    const found = all.find((w) => w.name === name)
    if (!found) return
    Object.assign(found, { desired: stop ? 'stopped' : 'running', desired_by: 'admin', desired_at: Date.now() / 1000 })
    setTimeout(() => Object.assign(found, { state: stop ? 'stopped' : 'running', status: 'ok', age: 0, last_error: null }), OBEYED_MS)
  }
  return {
    ask,
    startAll: () => {
      for (const w of all) if (w.stoppable && (w.desired === 'stopped' || w.state === 'quarantined')) ask(w.name, false)
    },
    now() {
      const passed = (Date.now() - since) / 1000
      return {
        generated_at: new Date().toISOString(),
        bus_connected: all.find((w) => w.name === 'bus')?.state === 'running',
        workers: all.map(({ age, ...w }) => {
          const seconds = age > 60 ? age + passed : (age + passed) % 30
          return { ...w, last_heartbeat_ts: Date.now() / 1000 - seconds, seconds_since: seconds }
        }),
      }
    },
  }
}
