import { expect, it } from 'vitest'
import { cardMaker } from './hardware.ts'
import { makePersona } from './make-persona.ts'
import { type DeckyPlan, type OsFamily, osFamilies } from './port.ts'
import { stackOf } from './stacks/index.ts'

const plan = (n: number, osFamily: OsFamily): DeckyPlan => ({
  name: `b-${n}`,
  seed: `t-${n}`,
  archetype: 'edge-gateway',
  osFamily,
  ip: '10.0.0.1',
  createdAt: 0,
  services: [],
})

it('a device has the card of its maker, and Windows stands on no appliance', () => {
  const cards = new Map<OsFamily, Set<string | null>>()
  for (const family of osFamilies)
    for (let n = 0; n < 60; n += 1) {
      const persona = makePersona(plan(n, family))
      const card = cardMaker(persona.mac)
      expect(card, persona.mac).toBe(stackOf(persona).maker ?? persona.hardware.vendor)
      cards.set(family, (cards.get(family) ?? new Set()).add(card))
    }
  const sorted = Object.fromEntries([...cards].map(([family, makers]) => [family, [...makers].sort()]))
  expect(sorted).toEqual({
    linux: ['ADLINK', 'PC Engines'],
    bsd: ['ADLINK', 'PC Engines'],
    windows: ['Dell Inc.', 'Microsoft Corporation', 'QEMU', 'VMware, Inc.'],
    windows_server: ['Dell Inc.', 'Microsoft Corporation', 'QEMU', 'Supermicro', 'VMware, Inc.'],
    embedded: ['Hewlett Packard', 'Lantronix'],
    cisco: ['Cisco'],
  })
})

it('the maker of each decky’s network card is known, and that of a stranger’s is not', () => {
  const makers = new Set<string | null>()
  for (let n = 0; n < 60; n += 1) {
    const persona = makePersona({ name: `a-${n}`, seed: `s-${n}`, archetype: 'linux-server', ip: '10.0.0.1', createdAt: 0, services: [] })
    expect(cardMaker(persona.mac)).toBe(persona.hardware.vendor)
    makers.add(cardMaker(persona.mac))
  }
  expect(makers.size).toBeGreaterThan(3)
  expect(cardMaker('02:00:00:00:00:01')).toBeNull()
})
