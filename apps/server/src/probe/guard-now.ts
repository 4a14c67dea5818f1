import { networkInterfaces } from 'node:os'
import { addressGuard, type GuardRules } from '../domain/probe/guard.ts'
import type { Db } from '../store/open.ts'
import { deckyAddresses } from '../store/probes.ts'

/** The guard as things are now: the addresses of this machine and of the fleet may change. */
export async function guardNow(db: Db, rules: GuardRules): Promise<(address: string) => string | null> {
  const mine = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses.map(({ address }) => address))
  return addressGuard(rules, [...mine, ...(await deckyAddresses(db))])
}
