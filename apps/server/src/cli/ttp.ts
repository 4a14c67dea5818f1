import { AppError } from '@decnet/kernel'
import { attackData } from '../attack/load.ts'
import { visible } from '../domain/visible.ts'
import { type CommandDefinition, commonOptions, databaseOption } from './command.ts'
import { folderHomeOf, seeDatabase } from './home-of.ts'
import { backfill } from './ttp-backfill.ts'
import { listRules, showRule } from './ttp-catalogue.ts'
import { checkRuleFiles } from './ttp-check.ts'
import { importSigma } from './ttp-import-sigma.ts'
import { matchFile } from './ttp-match.ts'
import { decide, isDecision, listStates } from './ttp-state.ts'

/** What it can do, and how many words each takes after its name. */
const ACTIONS: readonly (readonly [name: string, most: number])[] = [
  ['match', 0],
  ['check', Number.POSITIVE_INFINITY],
  ['rules', 0],
  ['show', 1],
  ['state', 0],
  ['disable', Number.POSITIVE_INFINITY],
  ['clip', Number.POSITIVE_INFINITY],
  ['enable', Number.POSITIVE_INFINITY],
  ['import-sigma', Number.POSITIVE_INFINITY],
  ['backfill', 0],
]
/** Besides decisions, what looks into the database. */
const STORED: ReadonlySet<string> = new Set(['rules', 'show', 'state', 'backfill'])

/** Rules that recognise ATT&CK techniques: lists, checks and tries them, and decides about them. Needs no fleet; of a home its own rules and the release of ATT&CK that it may hold. */
export const ttp: CommandDefinition = {
  options: [
    ...commonOptions,
    databaseOption,
    {
      flags: '--in <file>',
      description: 'match: evidence, one JSON object a line: {"source_kind", "payload", "id"?}; - is standard input',
    },
    { flags: '--rules <path>', description: 'a rule file or a folder of them, instead of those of this release' },
    { flags: '--ceiling <0..1>', description: 'clip: the most that the rule may claim' },
    { flags: '--for <time>', description: 'disable, clip: for so long, as 90s, 5m, 2h, 1d; else for good' },
    { flags: '--reason <text>', description: 'disable, clip: why' },
    { flags: '--out <folder>', description: 'import-sigma: where the rules are written; default <home>/rules' },
    { flags: '--since <when>', description: 'backfill: all, 7d (m, h, d, w, y) or a date or time of ISO 8601' },
    { flags: '--until <time>', description: 'backfill: a date or time of ISO 8601; to the end where absent' },
    { flags: '--rule <ids>', description: 'backfill: these rules only, as R0010,R0014' },
  ],
  examples: [
    'decnet ttp rules',
    'decnet ttp show R0010',
    'decnet ttp check',
    'decnet ttp check rules/ttp/R0010-interactive-shell.yaml',
    'decnet ttp match --in corpus.jsonl --json',
    `echo '{"source_kind": "command", "payload": {"command_text": "uname -a"}}' | decnet ttp match --in -`,
    'decnet ttp disable R0010 --for 2h --reason "our own scanner"',
    'decnet ttp disable R0018 R0019',
    'decnet ttp clip R0010 --ceiling 0.4',
    'decnet ttp state',
    'decnet ttp import-sigma sigma/rules/linux sigma/rules/web',
    'decnet ttp backfill --since 7d',
    'decnet ttp backfill --since all --rule R0010,R0014 --json',
  ],
  async run({ args, options }) {
    const [action, ...rest] = args
    const rules = typeof options.rules === 'string' ? [options.rules] : []
    const [, most] = ACTIONS.find(([name]) => name === action) ?? []
    if (most === undefined)
      throw new AppError(`decnet ttp does not know ${visible(action ?? 'nothing')}.`, {
        code: 'usage',
        hint: `It knows ${ACTIONS.map(([name]) => name).join(', ')}.`,
      })
    const surplus = rest[most]
    if (surplus !== undefined)
      throw new AppError(`decnet ttp ${action} takes no ${visible(surplus, 60)}.`, {
        code: 'usage',
        hint: most === 0 ? `It takes options alone: decnet ttp --help lists them.` : 'It takes the id of one rule.',
      })
    if (action !== 'match') folderHomeOf(options)
    if (isDecision(action) || STORED.has(action ?? '')) seeDatabase(options)
    if (isDecision(action)) return decide(action, rest, options)
    switch (action) {
      case 'match':
        if (typeof options.in !== 'string')
          throw new AppError('Say --in <file>.', { code: 'usage', hint: 'For example: decnet ttp match --in corpus.jsonl --json' })
        return matchFile(options.in, rules, options.json)
      case 'check':
        return checkRuleFiles(rest.length > 0 ? rest : rules, attackData(folderHomeOf(options)), options.json)
      case 'rules':
        return listRules(rules, options)
      case 'state':
        return listStates(options)
      case 'backfill':
        return backfill(options)
      case 'import-sigma':
        return importSigma(rest, options)
      default:
        if (rest[0] === undefined) throw new AppError('Say which rule.', { code: 'usage', hint: 'For example: decnet ttp show R0010' })
        return showRule(rest[0], rules, options)
    }
  },
}
