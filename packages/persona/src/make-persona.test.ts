import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { archetypes } from './archetypes/index.ts'
import { makePersona } from './make-persona.ts'
import type { DeckyPlan, Persona } from './port.ts'

const now = Date.UTC(2026, 10, 21)
const kinds = archetypes.map(({ name }) => name)
const planOf = (seed: string, archetype = 'linux-server', createdAt = now): DeckyPlan => ({
  name: 'lnx-01',
  seed,
  archetype,
  ip: '127.77.0.11',
  createdAt,
  services: ['ssh', 'ftp', 'smtp', 'mysql', 'redis', 'telnet'].map((name) => ({ name, port: 1, config: {} })),
})
const values = (persona: Persona): string => JSON.stringify(persona)
const plans = fc.record({ seed: fc.string(), kind: fc.constantFrom(...kinds) }).map(({ seed, kind }) => planOf(seed, kind))

describe('makePersona', () => {
  it('gives the same persona for the same plan, for every seed', () => {
    fc.assert(fc.property(plans, (plan) => void expect(values(makePersona(plan))).toBe(values(makePersona(structuredClone(plan))))))
  })

  it('gives names that fit together and are names', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const persona = makePersona(plan)
        expect(persona.fqdn).toBe(`${persona.hostname}.${persona.domain}`)
        expect(persona.fqdn).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/u)
        expect(persona.mac).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/u)
        expect(persona.os.prettyName.toLowerCase()).toContain(persona.os.id)
        expect(persona.packages.openssh.revision.toLowerCase()).toContain(persona.os.id)
      }),
    )
  })

  it('gives accounts with distinct names and uids below nobody, root first, and one that a weak password opens', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const { users } = makePersona(plan)
        expect(users[0]).toMatchObject({ name: 'root', uid: 0, home: '/root' })
        expect(new Set(users.map(({ name }) => name)).size).toBe(users.length)
        expect(new Set(users.map(({ uid }) => uid)).size).toBe(users.length)
        expect(users.filter(({ uid, password }) => uid >= 1000 && password !== null).length).toBeGreaterThan(0)
        for (const user of users) if (user.password !== null) expect(user.shell).toBe('/bin/bash')
      }),
    )
  })

  it('puts installation before boot before planning, and runs a kernel that was built before boot', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const { bootedAt, installedAt, os } = makePersona(plan)
        expect(installedAt).toBeLessThan(bootedAt)
        expect(bootedAt).toBeLessThan(plan.createdAt)
        const built = /\((\d{4}-\d{2}-\d{2})\)$/u.exec(os.kernelBuild)?.[1] ?? os.kernelBuild.replace(/^.*?(?=\w{3} \w{3} )/u, '')
        expect(Date.parse(built)).toBeLessThan(bootedAt)
      }),
    )
  })

  it('stands for any time of planning, also before the first release it knows', () => {
    expect(makePersona(planOf('x', 'web-server', 0)).os.kernel).toMatch(/^\d/u)
  })

  it('names nothing of ourselves', () => {
    fc.assert(
      fc.property(plans, (plan) => void expect(values({ ...makePersona(plan), seed: '' })).not.toMatch(/decnet|honey|decoy|decky|fake/iu)),
    )
  })

  it('gives hosts that differ', () => {
    const many = Array.from({ length: 60 }, (_, index) => makePersona(planOf(`seed ${index}`, kinds[index % kinds.length])))
    expect(new Set(many.map(({ fqdn }) => fqdn)).size).toBe(60)
    expect(new Set(many.map(({ mac }) => mac)).size).toBe(60)
    expect(new Set(many.flatMap(({ users }) => users.flatMap(({ password }) => password ?? []))).size).toBeGreaterThan(40)
    expect(new Set(many.map(({ os }) => os.distro)).size).toBe(3)
  })
})

describe('host keys', () => {
  it('are the same for the same seed, sign, and differ between hosts', () => {
    const started = performance.now()
    const [first, again, other] = [makePersona(planOf('a')), makePersona(planOf('a')), makePersona(planOf('b'))]
    const keys = first.hostKeys()
    expect(again.hostKeys()).toEqual(keys)
    expect(first.hostKeys()).toBe(keys)
    for (const [kind, pem] of Object.entries(keys)) {
      const secret = createPrivateKey(pem)
      const message = Buffer.from('message')
      const hash = kind === 'ed25519' ? null : 'sha256'
      expect(pem).toContain('BEGIN PRIVATE KEY')
      expect(verify(hash, message, createPublicKey(pem), sign(hash, message, secret))).toBe(true)
    }
    expect(createPrivateKey(keys.rsa).asymmetricKeyDetails).toMatchObject({ modulusLength: 3072, publicExponent: 65537n })
    expect(Object.values(other.hostKeys()).filter((pem) => Object.values(keys).includes(pem))).toEqual([])
    expect(performance.now() - started).toBeLessThan(15_000)
  })
})
