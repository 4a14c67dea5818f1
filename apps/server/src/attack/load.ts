import { statSync } from 'node:fs'
import { type AttackDomain, attackDomain } from '@decnet/contracts/api'
import { AppError } from '@decnet/kernel'
import { type AttackData, attackDataOf } from '../domain/attack/attack-data.ts'
import type { AttackRelease } from '../domain/attack/release.ts'
import type { Home } from '../home.ts'
import { homeFiles, readReleaseFile, shippedFile } from './release-file.ts'

/** The release in use: the home's, else the one that came with the product. @throws {AppError} `attack_data_broken`. */
export function loadRelease(home: Home, domain: AttackDomain): AttackRelease {
  const release = readReleaseFile(homeFiles(home, domain).current) ?? readReleaseFile(shippedFile(domain))
  if (!release) throw new AppError(`${shippedFile(domain)} is missing.`, { code: 'attack_data_missing', hint: 'Install the product anew.' })
  return release
}

/** Changes whenever a file of the home is put in its place or taken away. */
const stampOf = (home: Home): string =>
  attackDomain.options
    .map((domain) => {
      const stat = statSync(homeFiles(home, domain).current, { bigint: true, throwIfNoEntry: false })
      return stat ? `${stat.ino} ${stat.size} ${stat.mtimeNs}` : '-'
    })
    .join()

/** As {@link loadRelease}; what came with the product where the home's is broken. */
export function usableRelease(home: Home, domain: AttackDomain): AttackRelease {
  try {
    return loadRelease(home, domain)
  } catch (error) {
    const shipped = error instanceof AppError && error.code === 'attack_data_broken' ? readReleaseFile(shippedFile(domain)) : null
    if (!shipped) throw error
    return shipped
  }
}

interface Loaded {
  readonly stamp: string
  readonly data: AttackData
}
const loaded = new WeakMap<Home, Loaded>()
const usable = new WeakMap<Home, Loaded>()

/** Reads again when a file of the home changed. */
function current(home: Home, known: WeakMap<Home, Loaded>, read: typeof loadRelease): AttackData {
  const stamp = stampOf(home)
  const before = known.get(home)
  if (before?.stamp === stamp) return before.data
  const data = attackDataOf(attackDomain.options.map((domain) => read(home, domain)))
  known.set(home, { stamp, data })
  return data
}

/**
 * What is known of ATT&CK in this home: read when first asked for, and again when `decnet attack update` or `revert` changed it. Keep the home, not the answer.
 * @throws {AppError} `attack_data_broken`.
 */
export const attackData = (home: Home): AttackData => current(home, loaded, loadRelease)

/** The same for rules, which are asked also while a file of the home is broken: what came with the product stands in for it. */
export const attackForRules = (home: Home): AttackData => current(home, usable, usableRelease)
