import { archetypeNamed } from './archetypes/index.ts'
import { distros, type Release } from './distros/index.ts'
import { machineOf } from './hardware.ts'
import { type HostKeys, hostKeysOf, hostKeysSoon } from './host-keys.ts'
import { identityOf } from './identity.ts'
import { packagesOf } from './packages.ts'
import type { DeckyPlan, Persona } from './port.ts'
import { seeded } from './seeded.ts'
import { stackOf } from './stacks/index.ts'
import { usersOf } from './users.ts'

const DAY = 86_400_000

/** The newest release that was out at that time; the first one before all of them. */
const releaseAt = (releases: readonly [Release, ...Release[]], at: number): Release =>
  releases.findLast((release) => Date.parse(release.since) <= at) ?? releases[0]

/** The identity that follows from a plan: the same plan gives the same persona for ever, on every host. Host keys are made on first use. */
export function makePersona(plan: DeckyPlan): Persona {
  const seed = seeded(plan.seed)
  const archetype = archetypeNamed(plan.archetype)
  const distro = distros[plan.distro ?? seed.pick('distro', archetype.distros)]
  const identity = identityOf(seed, archetype)
  const family = plan.osFamily ?? archetype.family
  const machine = machineOf(seed, archetype.hardware, stackOf({ os: { family }, pick: seed.pick }))

  // Updates lag behind, and the running kernel is the newest that was there at boot.
  const updatedAt = plan.patchedAt ?? plan.createdAt - seed.integer('time/updates', 5, 120) * DAY
  const firstBoot = plan.createdAt - seed.integer('time/boot', 3 * 86_400, 190 * 86_400) * 1000 - seed.integer('time/boot-ms', 0, 999)
  const bootedAt = plan.patchedAt ?? firstBoot
  const installedAt = firstBoot - seed.integer('time/install', 20 * 86_400, 700 * 86_400) * 1000
  const kernel = releaseAt(distro.releases, Math.min(bootedAt, updatedAt))
  const release = releaseAt(distro.releases, updatedAt)

  const packages = packagesOf(seed, archetype, distro, release)
  const services = plan.services.map((service) => service.name)
  let keys: HostKeys | undefined
  let prepared: Promise<void> | undefined
  return Object.freeze({
    seed: plan.seed,
    name: plan.name,
    archetype: plan.archetype,
    hostname: identity.hostname,
    domain: identity.domain,
    fqdn: `${identity.hostname}.${identity.domain}`,
    organisation: identity.organisation,
    ip: plan.ip,
    mac: plan.mac ?? machine.mac,
    os: {
      family,
      distro: distro.id,
      ...distro.os,
      prettyName: release.prettyName,
      kernel: kernel.kernel,
      kernelBuild: kernel.kernelBuild,
      arch: 'x86_64' as const,
    },
    hardware: {
      cpuModel: machine.cpuModel,
      cores: machine.cores,
      memoryMb: seed.pick('hardware/memory', archetype.memoryMb),
      diskGb: seed.pick('hardware/disk', archetype.diskGb),
      vendor: machine.vendor,
    },
    timezone: identity.timezone,
    bootedAt,
    installedAt,
    users: usersOf(seed, archetype, distro, identity.locale, packages, services),
    packages,
    hostKeys: () => {
      keys ??= hostKeysOf(seed)
      return keys
    },
    prepareHostKeys: () => {
      prepared ??= hostKeysSoon(seed).then((made) => {
        keys ??= made
      })
      return prepared
    },
    pick: seed.pick,
    integer: seed.integer,
    bytes: seed.bytes,
    hex: seed.hex,
  })
}
