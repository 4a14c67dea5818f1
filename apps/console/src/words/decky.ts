import type { Decky, Lifecycle, Mutation } from '@decnet/contracts/api'
import { duration, plural } from '../time/words.ts'

const proper: Readonly<Record<string, string>> = { devops: 'DevOps', linux: 'Linux', windows: 'Windows' }
/** `file-server`: "file server"; `devops-host`: "DevOps host". */
export const kindOf = (archetype: string): string =>
  archetype
    .split('-')
    .map((word) => (Object.hasOwn(proper, word) ? proper[word] : word))
    .join(' ')
/** `file-server`: "a file server"; `edge-gateway`: "an edge gateway". */
export const aKind = (archetype: string): string => `${/^[aeiou]/iu.test(archetype) ? 'an' : 'a'} ${kindOf(archetype)}`
/** `file-server`: "File server". */
export const kindTitle = (archetype: string): string => kindOf(archetype).replace(/^./u, (letter) => letter.toUpperCase())

/** How a decky is, for the eye. */
export const stateDot: Readonly<Record<Decky['state'], string>> = { running: 'dot', degraded: 'dot warn', stopped: 'dot bad' }
/** How a decky is, in a word. */
export const stateWord: Readonly<Record<Decky['state'], string>> = { running: 'up', degraded: 'partly up', stopped: 'down' }

/** One sentence about a fleet. */
export function fleetSentence(list: readonly Decky[]): string {
  if (list.length === 0) return 'There are no deckies.'
  const all = plural(list.length, 'decky', 'deckies')
  const bad = list.filter((d) => d.state !== 'running')
  if (bad.length === 0) return list.length === 1 ? 'The one decky is up.' : `All ${all} are up.`
  const named = bad.slice(0, 3).map((d) => d.name)
  const more = bad.length > named.length ? ` and ${bad.length - named.length} more` : ''
  return `${named.join(', ')}${more} ${bad.length === 1 ? 'is' : 'are'} not well; ${list.length - bad.length} of ${all} ${list.length - bad.length === 1 ? 'is' : 'are'} up.`
}

const listed = (names: readonly string[]) =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`

/** Services that came, and services that went. */
export function changeOf({ old_services, new_services }: Pick<Mutation, 'old_services' | 'new_services'>) {
  return {
    came: new_services.filter((name) => !old_services.includes(name)),
    went: old_services.filter((name) => !new_services.includes(name)),
  }
}

/** What a mutation did, as a person would say it. */
export function mutationSentence(mutation: Pick<Mutation, 'old_services' | 'new_services' | 'trigger' | 'strategy'>): string {
  const { old_services, new_services, trigger, strategy } = mutation
  const { came, went } = changeOf(mutation)
  if (trigger === 'creation') return `Made, with ${listed(new_services)}`
  if (trigger === 'retirement') return 'Retired'
  if (trigger === 'healer' && went.length === 0 && came.length === 0) return 'Came back'
  if (strategy === 'move') return 'Moved to another address'
  if (strategy === 'drift') return 'Brought up to date: its programs show later versions'
  if (old_services.length === 0) return `Came up with ${listed(new_services)}`
  if (new_services.length === 0) return 'All services went'
  const parts = [came.length > 0 ? `${listed(came)} came` : '', went.length > 0 ? `${listed(went)} went` : ''].filter(Boolean)
  return parts.length === 0 ? 'Made anew, with the same services' : parts.join(', ')
}

const causes: Readonly<Record<string, string>> = {
  creation: 'at its creation',
  retirement: 'at its end',
  scheduled: 'on schedule',
  operator: 'by an operator',
  behavioral: 'because of what attackers asked for',
  healer: 'to repair it',
  federation: 'by another host',
}
/** What caused it: "on schedule", "by ana". */
export const causeOf = ({ trigger, actor }: { readonly trigger: string; readonly actor: string | null }): string =>
  actor !== null && actor !== '' ? `by ${actor}` : (causes[trigger] ?? trigger)

const doings: Readonly<Record<Lifecycle['operation'], readonly [now: string, done: string, failed: string]>> = {
  deploy: ['is being made', 'was made', 'could not be made'],
  teardown: ['is being retired', 'was retired', 'could not be retired'],
  mutate: ['is being changed', 'was changed', 'could not be changed'],
  add_service: ['gets a service', 'got a service', 'did not get a service'],
  remove_service: ['loses a service', 'lost a service', 'did not lose a service'],
  configure: ['is being configured', 'was configured', 'could not be configured'],
}
/** An operation with how far it is: "is being made", "got a service". */
export function operationWords({
  operation,
  status,
  ...services
}: Pick<Lifecycle, 'operation' | 'status' | 'old_services' | 'new_services'>): string {
  const [now, done, failed] = doings[operation]
  const { came, went } = changeOf(services)
  const what = operation === 'add_service' ? came[0] : operation === 'remove_service' ? went[0] : undefined
  const said = status === 'succeeded' ? done : status === 'failed' ? failed : now
  return what === undefined ? said : said.replace('a service', what)
}

/** It waits, or is being done. */
export const isOpen = ({ status }: Pick<Lifecycle, 'status'>): boolean => status === 'pending' || status === 'running'
/** How long an operation took: "1.4 s"; null while it is not over. */
export const tookOf = ({ started_at, finished_at }: Pick<Lifecycle, 'started_at' | 'finished_at'>): string | null =>
  started_at === null || finished_at === null ? null : duration((Date.parse(finished_at) - Date.parse(started_at)) / 1000)

/** How far a deployment is, in a sentence. `over`: nothing of it is to come. */
export function deploySentence(made: readonly Pick<Lifecycle, 'decky_name' | 'status'>[]): { said: string; over: boolean } {
  const count = (status: Lifecycle['status']) => made.filter((each) => each.status === status).length
  const [up, failed] = [count('succeeded'), count('failed')]
  const over = made.length > 0 && up + failed === made.length
  const [one] = made
  if (!one) return { said: 'Under way.', over }
  if (made.length === 1)
    return { said: `${one.decky_name} ${up === 1 ? 'is up' : failed === 1 ? 'could not be made' : 'is being made'}.`, over }
  const are = (n: number) => (n === 1 ? 'is' : 'are')
  if (!over) return { said: `${up} of ${made.length} deckies ${are(up)} up.`, over }
  if (failed === 0) return { said: `All ${made.length} deckies are up.`, over }
  if (up === 0) return { said: `None of ${made.length} deckies could be made.`, over }
  return { said: `${plural(failed, 'decky', 'deckies')} could not be made; ${up} ${are(up)} up.`, over }
}

/** Minutes between mutations, in words. */
export function intervalWords(minutes: number | null): string {
  if (minutes === null) return 'as the fleet does'
  if (minutes === 0) return 'never by itself'
  if (minutes % 1440 === 0) return minutes === 1440 ? 'every day' : `every ${minutes / 1440} days`
  if (minutes % 60 === 0) return minutes === 60 ? 'every hour' : `every ${minutes / 60} hours`
  return minutes === 1 ? 'every minute' : `every ${minutes} minutes`
}
