import { deterministicId } from '@decnet/kernel'
import { stringify } from 'yaml'
import type { AttackData } from '../attack/attack-data.ts'
import { isDay } from '../is-day.ts'
import { checkRule } from '../ttp/check-rule.ts'
import { createEngine } from '../ttp/engine/engine.ts'
import { indexRules } from '../ttp/engine/index-of-rules.ts'
import { memoryWindows } from '../ttp/engine/window-store.ts'
import { acceptPayload } from '../ttp/evidence/accept-payload.ts'
import { kindByName } from '../ttp/evidence/kinds.ts'
import type { Path } from '../ttp/rule/problem.ts'
import { readRule } from '../ttp/rule/read-rule.ts'
import type { Rule } from '../ttp/rule/rule.ts'
import { carry } from './carry.ts'
import { emissionsOf, MATURITY } from './claims.ts'
import { readSelection, type SigmaTest } from './detection.ts'
import { type Remark, type Remarked, readSigma, type SigmaDocument } from './document.ts'
import { type Payload, samplesOf } from './example.ts'
import { type Logic, mapLogic } from './logic.ts'
import { readSearchCondition } from './search-condition.ts'
import { type Source, sourceOf } from './source.ts'
import { type When, whenOf } from './when.ts'

/** What became of a Sigma rule. */
export interface Converted {
  /** What its author calls it, where that could be read. */
  readonly title: string | null
  readonly sigma: string | null
  /** Null: not everything of it can be carried over, and `remarks` say why. */
  readonly rule: { readonly id: string; readonly fileName: string; readonly text: string } | null
  /** Why it was not carried over; of one that was, what was left out and means nothing for what it finds. */
  readonly remarks: readonly Remark[]
}

const EXAMPLES = 3
const ALTERNATIVES_TRIED = 16
const NAMES = 1_000
const TITLE = 120

/**
 * A Sigma rule as one of ours. One that would find something else than its author's is none: each part that cannot be said is named, with where it
 * stands. Pure; never throws.
 */
export function convertSigma(text: string, attack: AttackData): Converted {
  const reading = readSigma(text)
  if ('problems' in reading) return { title: null, sigma: null, rule: null, remarks: reading.problems }
  const { document, positionOf } = reading
  const [problems, notes]: [Remark[], Remark[]] = [[], []]
  const into = (list: Remark[]) => (path: Path, message: string) => void list.push({ ...positionOf(path), path: path.join('.'), message })
  const report = into(problems)
  const known = { title: document.title, sigma: document.id ?? null }
  const failed = () => ({ ...known, rule: null, remarks: inOrder(problems) })

  if (document.status === 'deprecated' || document.status === 'unsupported')
    report(['status'], `is ${document.status}: its author took it back.`)
  for (const name of ['date', 'modified'] as const)
    if (typeof document[name] === 'string' && dayOf(document[name]) === null)
      report([name], 'is no date: it is to be a day such as 2026-01-17.')
  const emits = emissionsOf(document, attack, report, into(notes))
  const source = sourceOf(document)
  if (typeof source === 'string') {
    report(['logsource'], source)
    return failed()
  }
  if (document.detection.timeframe !== undefined)
    report(['detection', 'timeframe'], 'counts over a time: such aggregations are not carried over.')
  const logic = detectionOf(document, report)
  const when = logic && readAs(logic, source, { report, note: into(notes), sound: () => problems.length === 0 })
  if (!when || problems.length > 0) return failed()

  const id = idOf(document)
  const links = linksOf(document, into(notes))
  const draft = (match: readonly Payload[], noMatch: readonly Payload[]) =>
    stringify(
      {
        ...{ id, version: versionOf(document), title: cut(document.title, TITLE), description: descriptionOf(document) },
        ...{ maturity: MATURITY[document.status ?? 'test'], sources: [source.kind], when: when.when, emits, evidence: source.evidence },
        ...links,
        examples: { match, no_match: noMatch },
      },
      { lineWidth: 0, aliasDuplicateObjects: false },
    )
  const first = readRule(draft([{}], [{}]))
  if ('problems' in first) {
    for (const { message } of first.problems) report(['detection'], message)
    return failed()
  }
  const fires = firing(first.rule, source.kind)
  const tried = when.alternatives.slice(0, ALTERNATIVES_TRIED).map((alternative) => samplesOf(alternative, source).find(fires))
  const samples = tried.filter((payload) => payload !== undefined)
  const harmless = source.harmless.filter((payload) => !fires(payload))
  if (samples.length === 0)
    report(['detection'], 'comes to a condition of which no example could be made, so that nobody can say whether it holds.')
  if (harmless.length === 0) report(['detection'], 'is satisfied by what everybody does.')
  if (problems.length > 0) return failed()
  const written = draft(samples.slice(0, EXAMPLES), harmless)
  const checked = checkRule(written, attack)
  for (const { message } of checked.problems) report([], message)
  if (problems.length > 0) return failed()
  return { ...known, rule: { id, fileName: `${id}-${slugOf(document.title)}.yaml`, text: written }, remarks: notes }
}

/** Said once, in the order of the text. */
const inOrder = (remarks: readonly Remark[]): readonly Remark[] =>
  [...new Map(remarks.map((remark) => [`${remark.path} ${remark.message}`, remark])).values()].sort(
    (a, b) => a.line - b.line || a.column - b.column,
  )

/** A detection in each reading of the evidence; null where that cannot be said or never holds. `sound`: nothing is wrong so far. */
function readAs(
  logic: Logic<SigmaTest>,
  source: Source,
  { report, note, sound }: { readonly report: Remarked; readonly note: Remarked; sound(): boolean },
): When | null {
  const doubts: Parameters<Remarked>[] = []
  const readings = source.readings.flatMap((reading) => {
    const left: Parameters<Remarked>[] = []
    // What is so of every shell is no fault of a rule about other programs.
    const doubt: Remarked = (...said) => void (reading === source.readings[0] && doubts.push(said))
    const leave: Remarked = (...said) => void left.push(said)
    const carried = mapLogic(logic, (test) => carry(test, source, reading, { report, doubt, leave }))
    for (const said of left) note(...said)
    return left.length > 0 ? [] : [{ logic: carried, only: reading.only }]
  })
  const wasSound = sound()
  const when = whenOf(readings, { report: wasSound ? report : () => undefined, note })
  if (when !== null || (wasSound && !sound())) return when
  for (const said of doubts) report(...said)
  if (sound()) report(['detection', 'condition'], 'can never hold.')
  return null
}

function detectionOf({ detection }: SigmaDocument, report: (path: Path, message: string) => void): Logic<SigmaTest> | null {
  const { condition, timeframe: _none, ...selections } = detection
  const conditions = (Array.isArray(condition) ? condition : [condition]).map(String)
  if (condition === undefined || conditions.length === 0) {
    report(['detection'], 'has no condition.')
    return null
  }
  const names = Object.keys(selections)
  if (names.length > NAMES) {
    report(['detection'], `has more than ${NAMES} selections.`)
    return null
  }
  const read = new Map<string, Logic<SigmaTest>>()
  const selection = (name: string): Logic<SigmaTest> => {
    const found = read.get(name) ?? readSelection(selections[name], ['detection', name], report)
    read.set(name, found)
    return found
  }
  const parts = conditions.map((text): Logic<SigmaTest> => {
    const reading = readSearchCondition(text, names)
    if ('logic' in reading) return mapLogic(reading.logic, selection)
    report(['detection', 'condition'], reading.problem)
    // Everything that is wrong is told at once.
    return { all: names.map(selection) }
  })
  return { any: parts }
}

/** Whether a rule recognises a payload of a kind. */
function firing(rule: Rule, name: string): (payload: Payload) => boolean {
  const engine = createEngine(indexRules([rule]), memoryWindows())
  const kind = kindByName.get(name)
  return (payload) => {
    if (!kind) return false
    const evidence = {
      kind: name,
      id: '',
      ts: 0,
      session: 's',
      attacker: '198.51.100.7',
      identity: null,
      payload: acceptPayload(kind, payload),
    }
    const { findings, suppressed } = engine.match(evidence)
    return findings.length + suppressed.length > 0
  }
}

/** `S` and the first 12 hexadecimal digits of the rule's own uuid; of its title and log source where it has none. */
function idOf({ id, title, logsource }: SigmaDocument): string {
  const uuid =
    id !== null && id !== undefined && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu.test(id)
      ? id
      : deterministicId('sigma', id ?? '', title, JSON.stringify(logsource))
  return `S${uuid.replaceAll('-', '').slice(0, 12).toLowerCase()}`
}
/** A day as a number: 20260117; null where it is none. */
function dayOf(text: string): number | null {
  const [year = 0, month = 0, day = 0] = (/^(\d{4})[-/](\d\d?)[-/](\d\d?)(?!\d)/u.exec(text.trim()) ?? []).slice(1).map(Number)
  return isDay(year, month, day) ? year * 10_000 + month * 100 + day : null
}
/** The day of the last change. */
const versionOf = ({ date, modified }: SigmaDocument): number => dayOf(modified ?? date ?? '') ?? 1
const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text)
const slugOf = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, '-')
    .replaceAll(/^-+|-+$/gu, '')
    .slice(0, 60)
    .replace(/-$/u, '') || 'rule'

/** What its author says, and that it is his: the licence of Sigma's rules asks for it. */
function descriptionOf({ id, description, author, license }: SigmaDocument): string {
  const by = author === null || author === undefined ? 'an unnamed author' : Array.isArray(author) ? author.join(', ') : author
  const origin = `Made from the Sigma rule ${id ?? 'without id'} by ${cut(by, 300)}${license ? ` (${cut(license, 100)})` : ''}.`
  return [cut((description ?? '').trim(), 1_400), origin].filter((text) => text !== '').join('\n\n')
}

function linksOf({ references = [], falsepositives = [] }: SigmaDocument, note: (path: Path, message: string) => void) {
  const isLink = (text: string) => URL.canParse(text) && /^https?:$/u.test(new URL(text).protocol)
  for (const [index, text] of references.entries())
    if (!isLink(text) || index >= 16) note(['references', index], 'is no address that can be kept, and was left out.')
  const said = falsepositives.map((text) => cut(text.trim(), 500)).filter((text) => text !== '')
  return { references: references.filter(isLink).slice(0, 16), false_positives: said.slice(0, 16) }
}
