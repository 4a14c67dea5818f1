/** Who listens to what, the same for every bus. */
export interface Scenario {
  readonly name: string
  /** Processes that listen, and connections that each of them has. */
  readonly processes: number
  readonly connections: number
  /** What one connection, counted through all processes, subscribes to. */
  patterns(connection: number): string[]
  /** What the n-th message is published under. */
  topic(n: number): string
  /** Connections that receive each message. */
  readonly receivers: number
  /** Messages of a run at full speed. */
  readonly messages: number
}

const SUBSCRIPTIONS = 1_000
const SPREAD = 4
const SOUGHT = 437
const own = (connection: number) => Array.from({ length: SUBSCRIPTIONS / SPREAD }, (_, n) => n * SPREAD + connection)

const one: Scenario = {
  name: '1 → 1',
  processes: 1,
  connections: 1,
  patterns: () => ['bench.data'],
  topic: () => 'bench.data',
  receivers: 1,
  messages: 200_000,
}

export const SCENARIOS: readonly Scenario[] = [
  one,
  // Eleven processes on two cores measure how the system shares them out: ten connections of two processes cost a bus the same.
  { ...one, name: '1 → 10', processes: 2, connections: 5, receivers: 10, messages: 40_000 },
  {
    ...one,
    name: '1,000 subscriptions, one matches',
    connections: SPREAD,
    patterns: (connection) => own(connection).map((n) => `decky.unit-${n}.state`),
    topic: () => `decky.unit-${SOUGHT}.state`,
    messages: 100_000,
  },
  {
    ...one,
    name: '1,000 wildcards, one matches each of 100 topics',
    connections: SPREAD,
    patterns: (connection) => own(connection).map((n) => (n % 2 === 0 ? `*.unit-${n}.state` : `decky.unit-${n}.>`)),
    topic: (n) => `decky.unit-${SOUGHT}.part-${n % 100}.state`,
    messages: 100_000,
  },
]
