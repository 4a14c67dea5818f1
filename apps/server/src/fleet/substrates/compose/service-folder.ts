import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DeckyPlan } from '@decnet/persona'

/**
 * The folder that a service's container sees as `/data`: the order, which it may read, and three folders that it may write. Nobody else looks in:
 * the home is closed.
 */
export function prepareFolder(
  folder: string,
  identity: { readonly uid: number; readonly gid: number },
  plan: DeckyPlan,
  service: string,
): void {
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, 0o755)
  for (const name of ['spool', 'artifacts', 'replays']) {
    const kept = join(folder, name)
    mkdirSync(kept, { recursive: true, mode: 0o700 })
    if (process.getuid?.() === 0) chownSync(kept, identity.uid, identity.gid)
  }
  const order = join(folder, 'service.json')
  writeFileSync(order, JSON.stringify({ plan, service }), { mode: 0o644 })
  chmodSync(order, 0o644)
}
