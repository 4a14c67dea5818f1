import { attackDomain } from '@decnet/contracts/api'
import { AppError, own } from '@decnet/kernel'
import pc from 'picocolors'
import { attackData, loadRelease, usableRelease } from '../attack/load.ts'
import { readBundleFile } from '../attack/read-bundle-file.ts'
import { replaceRelease, revertRelease } from '../attack/replace.ts'
import { attackDataOf } from '../domain/attack/attack-data.ts'
import { diffReleases } from '../domain/attack/diff-releases.ts'
import { findTechnique } from '../domain/attack/find-technique.ts'
import { type AttackRelease, releaseNumber } from '../domain/attack/release.ts'
import { showDetail, showGroups, showTactic } from '../domain/attack/show.ts'
import { plural } from '../domain/plural.ts'
import { visible } from '../domain/visible.ts'
import { type Home, prepareHome } from '../home.ts'
import type { BrokenRule } from '../rules/own-rules.ts'
import { unfitRules } from '../rules/unfit-rules.ts'
import { showDiff, showUnfit } from './attack-diff.ts'
import { type CommandDefinition, type CommandOptions, commonOptions, databaseOption } from './command.ts'
import { homeOf } from './home-of.ts'
import { homeRules } from './home-rules.ts'
import { print, printJson } from './output.ts'
import { printTable } from './table.ts'

const TITLES = { 'enterprise-attack': 'Enterprise', 'ics-attack': 'ICS' } as const

const needed = (what: string, example: string): AppError =>
  new AppError(`Say ${what}.`, { code: 'usage', hint: `For example: decnet attack ${example}` })

/** The rules of a home that would not be asked under a release, beside what is in use of the other domains. */
async function unfitUnder(home: Home, release: AttackRelease, options: CommandOptions): Promise<readonly BrokenRule[]> {
  const releases = attackDomain.options.map((domain) => (domain === release.domain ? release : usableRelease(home, domain)))
  try {
    return await unfitRules(attackDataOf(releases), (await homeRules(options)).own)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    process.stderr.write(`Which rules it concerns could not be looked up: ${error.message}\n`)
    return []
  }
}

const actions: Readonly<Record<string, (home: Home, what: string | undefined, options: CommandOptions) => Promise<void>>> = {
  async technique(home, what, options) {
    if (what === undefined) throw needed('which technique', 'technique T1110.001')
    const data = attackData(home)
    const found = showDetail(data, findTechnique(data, what))
    if (options.json) return printJson(found)
    print(`${pc.bold(`${found.id}  ${visible(found.name)}`)}  ${pc.dim(`ATT&CK ${TITLES[found.domain]} ${found.release}`)}`)
    if (found.parent) print(`A sub-technique of ${found.parent.id} ${visible(found.parent.name)}.`)
    print(`Tactics: ${found.tactics.map(({ id, name }) => `${id} ${visible(name)}`).join(', ')}`)
    if (found.sub_techniques.length > 0)
      print(`Sub-techniques: ${found.sub_techniques.map(({ id, name }) => `${id} ${visible(name)}`).join(', ')}`)
    print(`Used by ${plural(found.groups.length, 'group')}: decnet attack groups ${found.id}`)
    print(found.url)
  },

  async tactics(home, _what, options) {
    const data = attackData(home)
    const tactics = data.tactics.map((tactic) => showTactic(data, tactic))
    if (options.json) return printJson({ releases: data.releases, data: tactics })
    for (const { domain, release, source } of data.releases) {
      print(`${pc.bold(`ATT&CK ${TITLES[domain]} ${release}`)}  ${pc.dim(visible(source, 200))}`)
      printTable(
        ['Id', 'Tactic', 'Techniques'],
        tactics.flatMap((tactic) => (tactic.domain === domain ? [[tactic.id, visible(tactic.name), tactic.technique_count]] : [])),
        '',
      )
      print()
    }
  },

  async groups(home, what, options) {
    if (what === undefined) throw needed('of which technique', 'groups T1059')
    const data = attackData(home)
    const { id } = findTechnique(data, what)
    const groups = showGroups(data, id)
    if (options.json) return printJson(groups)
    printTable(
      ['Id', 'Group', 'Also called', 'Uses'],
      groups.map((group) => [group.id, visible(group.name), visible(group.aliases.join(', '), 80), group.techniques.join(' ')]),
      `No group is known to use ${id}.`,
    )
  },

  async update(home, what, options) {
    if (what === undefined) throw needed('which file', 'update enterprise-attack.json')
    const number = options.release
    if (number !== undefined && !releaseNumber.safeParse(number).success)
      throw new AppError('That is no number of a release.', { code: 'usage', hint: 'For example: --release 18.1' })
    const release = await readBundleFile(what, typeof number === 'string' ? number : undefined)
    const diff = diffReleases(usableRelease(home, release.domain), release)
    const unfit = await unfitUnder(home, release, options)
    const written = options.dryRun !== true
    if (written) {
      prepareHome(home)
      replaceRelease(home, release)
    }
    if (options.json) return printJson({ ...diff, rules: unfit, source: release.source, written })
    showDiff(diff)
    showUnfit(unfit)
    print(
      written
        ? `ATT&CK ${TITLES[release.domain]} ${release.release} is in use; \`decnet attack revert\` goes back.`
        : 'Nothing was changed: this was a dry run.',
    )
  },

  async revert(home, what, options) {
    const chosen = attackDomain.options.filter((domain) => what === undefined || what === TITLES[domain].toLowerCase())
    if (chosen.length === 0) throw needed('enterprise, ics, or nothing for both', 'revert ics')
    const reverted = chosen.flatMap((domain) => {
      const to = revertRelease(home, domain)
      return to === null ? [] : [{ domain, to, release: loadRelease(home, domain).release }]
    })
    if (reverted.length === 0)
      throw new AppError('There is nothing to go back to: what came with the product is in use.', { code: 'nothing_to_revert' })
    if (options.json) return printJson({ reverted })
    for (const { domain, to, release } of reverted)
      print(`ATT&CK ${TITLES[domain]} ${release} is in use again${to === 'shipped' ? ', as it came with the product' : ''}.`)
  },
}

/** Looks things up in ATT&CK, and takes newer releases of it. */
export const attack: CommandDefinition = {
  options: [
    ...commonOptions,
    databaseOption,
    { flags: '--dry-run', description: 'update: only say what would change' },
    { flags: '--release <number>', description: 'update: of a bundle that does not say it, as in STIX 2.0' },
  ],
  examples: [
    'decnet attack technique T1110.001',
    'decnet attack groups T1059 --json',
    'decnet attack update enterprise-attack.json --dry-run',
    'decnet attack update ics-attack.json',
    'decnet attack revert',
  ],
  async run({ args, options }) {
    const [name = '', what, ...more] = args
    const action = own(actions, name)
    if (!action || more.length > 0)
      throw new AppError(action ? 'That is one too many.' : `decnet attack does not know ${visible(name)}.`, {
        code: 'usage',
        hint: `It knows ${Object.keys(actions).join(', ')}.`,
      })
    await action(homeOf(options), what, options)
    return 0
  },
}
