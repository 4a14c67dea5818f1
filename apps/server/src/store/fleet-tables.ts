/** Epoch milliseconds, UTC. */
type Millis = number
/** JSON as text. */
type Json = string
/** What is wanted of a decky as JSON of a `DeckyWish`. */
type WishJson = string

/** Something that somebody wanted of a decky, and what became of it. Once it succeeded or failed it never changes. */
export interface DeckyOperationTable {
  id: string
  decky: string
  operation: 'deploy' | 'teardown' | 'mutate' | 'add_service' | 'remove_service' | 'configure'
  status: 'pending' | 'running' | 'succeeded' | 'failed'
  /** Of one that failed: a sentence, at most 2,000 characters. */
  error: string | null
  trigger_kind: 'creation' | 'retirement' | 'scheduled' | 'operator' | 'behavioral' | 'healer' | 'federation'
  /** The operator, where one asked. */
  actor: string | null
  /** Null before the decky's creation. */
  wish_before: WishJson | null
  /** Null after its retirement. */
  wish_after: WishJson | null
  /** JSON: the service that it is about, reasons for people. */
  detail: string | null
  /** Of the fleet that has it in; see `fleet.generation` among the settings. */
  generation: number
  /** Epoch milliseconds. */
  created_at: number
  started_at: number | null
  finished_at: number | null
}

/** A service that holds up whoever comes. */
export interface TarpitTable {
  decky: string
  service: string
  /** Milliseconds before its first word. */
  accept_ms: number
  /** 0 = as fast as it can. */
  bytes_per_second: number
  set_by: string | null
  /** Epoch milliseconds. */
  set_at: number
}

export interface DeckyTable {
  name: string
  position: number
  seed: string
  archetype: string
  ip: string
  created_at: Millis
  state: string
  ip6: string | null
  mac: string | null
  distro: string | null
  os_family: string | null
  /** Minutes between changes of its services; 0 = never, null = the fleet's own interval. */
  mutate_minutes: number | null
  /** When it changed last; null: not since its creation. */
  last_mutated: Millis | null
  /** When its packages were brought up to date since; null: not since its creation. */
  patched_at: Millis | null
  /** Somebody wants it changed now; null: nobody does. */
  mutate_requested: Millis | null
  mutate_requested_by: string | null
}

export interface DeckyServiceTable {
  decky: string
  name: string
  position: number
  wanted_port: number
  config: Json
  port: number | null
  state: string
  detail: string | null
  /** To be used from its next start on; null: none waits. */
  saved_config: Json | null
  /** How often it was started anew as it was; null: never. */
  revision: number | null
}

/** When a decky's services changed: markers on the way of whoever went over it. */
export interface DeckyMutationTable {
  /** The record that said so. */
  id: string
  decky: string
  ts: Millis
  trigger_kind: string
  old_services: Json
  new_services: Json
}

export interface FleetTables {
  deckies: DeckyTable
  decky_services: DeckyServiceTable
  decky_mutations: DeckyMutationTable
  decky_operations: DeckyOperationTable
  tarpits: TarpitTable
}
