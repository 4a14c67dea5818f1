import { open } from './connection.ts'
import { hassh } from './hassh.ts'
import { http } from './http.ts'
import { jarm } from './jarm.ts'
import type { Family, Finding, Means, Probe, Target } from './probe.ts'
import { tcpfp } from './tcpfp.ts'
import { tlsCertificate } from './tls-certificate.ts'

/** Every probe there is. */
export const probes: Readonly<Record<Family, Probe>> = { tcpfp, tls_certificate: tlsCertificate, jarm, hassh, http }

/** What became of asking a port. */
export interface PortAnswer {
  /** `closed`: refused; `silent`: no answer in time, or no way there. */
  readonly state: 'open' | 'closed' | 'silent'
  readonly findings: ReadonlyMap<Family, Finding>
}

/** Asks a port for these families, one after the other; a closed one is asked once. `tell`: what is asked next. */
export async function askPort(
  target: Target,
  families: readonly Family[],
  means: Means,
  tell: (probe: Probe) => void = () => undefined,
): Promise<PortAnswer> {
  const findings = new Map<Family, Finding>()
  const first = await open(target, means)
  if (typeof first === 'string') return { state: first, findings }
  first.destroy()
  for (const family of families) {
    if (means.signal.aborted) break
    tell(probes[family])
    const found = await probes[family].ask(target, means)
    if (found) findings.set(family, found)
  }
  return { state: 'open', findings }
}
