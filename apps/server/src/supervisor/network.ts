import { readFileSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { AppError } from '@decnet/kernel'
import { z } from 'zod'

/** Bound, never listened on: whoever holds it owns the subnet, and a scan sees nothing. */
const CLAIM_HOST = 254
const CLAIM_PORT = 47_077

const remembered = z.object({ subnet: z.string().regex(/^127\.77\.\d{1,3}$/u) })

export interface SubnetClaim {
  /** `127.77.3` */
  readonly subnet: string
  /** The one that this home used before, when another home holds it now. */
  readonly moved: string | null
  release(): Promise<void>
}

const claim = (subnet: string) =>
  new Promise<net.Server | undefined>((resolve) => {
    const server = net.createServer((socket) => socket.destroy())
    server.once('error', () => resolve(undefined))
    server.listen({ host: `${subnet}.${CLAIM_HOST}`, port: CLAIM_PORT, backlog: 1 }, () => resolve(server))
  })

/** The subnet that a home had last; null where it never had one. */
export function rememberedSubnet(file: string): string | null {
  try {
    return remembered.parse(JSON.parse(readFileSync(file, 'utf8'))).subnet
  } catch {
    return null
  }
}

/** The home's own 127.77.N.0/24: the one it had, else the first that no other home holds. @throws {AppError} `no_subnet`. */
export async function claimSubnet(file: string): Promise<SubnetClaim> {
  const before = rememberedSubnet(file)
  const candidates = [...(before === null ? [] : [before]), ...Array.from({ length: 256 }, (_, n) => `127.77.${n}`)]
  for (const subnet of candidates) {
    const holder = await claim(subnet)
    if (!holder) continue
    const release = () => new Promise<void>((resolve) => holder.close(() => resolve()))
    try {
      if (subnet !== before) writeFileSync(file, `${JSON.stringify({ subnet })}\n`, { mode: 0o600 })
    } catch (error) {
      await release()
      throw error
    }
    return { subnet, moved: before !== null && before !== subnet ? before : null, release }
  }
  throw new AppError('No 127.77.N.0/24 is free on this machine.', {
    code: 'no_subnet',
    hint: 'Stop another fleet first, or check that 127.77.0.0/16 is on the loopback interface.',
  })
}
