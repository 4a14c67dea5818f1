import { expect, it } from 'vitest'
import { errandsOf, readNetworks, readPorts, usualPorts } from './settings.ts'

it('networks are read with commas between them, or not at all', () => {
  expect(readNetworks(' 10.0.0.0/8, ::1 ,')).toEqual(['10.0.0.0/8', '::1'])
  expect(readNetworks('')).toEqual([])
  for (const text of ['10.0.0.0/40', 'example.org', '10.0.0.1;10.0.0.2']) expect(readNetworks(text)).toBeNull()
})

it('families that are not named keep their ports, one without ports is not asked', () => {
  expect(readPorts('jarm=443, 8443,443;hassh=')).toEqual({ ...usualPorts, jarm: [443, 8443], hassh: [] })
  expect(readPorts('')).toEqual(usualPorts)
  for (const text of ['jarm', 'jarm=x', 'jarm=0', 'jarm=70000', 'nmap=1', 'jarm=443 hassh=22']) expect(readPorts(text)).toBeNull()
})

it('an attacker is asked every family on each of its ports, nothing twice', () => {
  const errands = errandsOf(usualPorts).map(({ port, probe }) => `${port} ${probe}`)
  expect(new Set(errands).size).toBe(errands.length)
  expect(errands).toContain('22 hassh')
  expect(errands).toContain('443 jarm')
})
