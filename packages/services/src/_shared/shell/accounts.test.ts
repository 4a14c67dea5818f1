import { makePersona } from '@decnet/persona'
import { describe, expect, it } from 'vitest'
import { Machine } from './machine.ts'

const ROOT = { uid: 0, gid: 0, groups: [0] }
const SERVICES = { mysql: 3306, ssh: 22, redis: 6379, ftp: 21, smtp: 25, telnet: 23, http: 80 }
const rows = (machine: Machine, name: string): readonly (readonly string[])[] =>
  machine.fs
    .read(`/etc/${name}`, ROOT)
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => line.split(':'))
const machineOf = (seed: string): Machine =>
  new Machine(
    makePersona({
      name: 'db-01',
      seed,
      archetype: 'database-server',
      ip: '10.0.3.17',
      createdAt: Date.UTC(2026, 2, 3),
      services: Object.entries(SERVICES).map(([name, port]) => ({ name, port, config: {} })),
    }),
    { now: () => Date.UTC(2026, 2, 4), offers: (service) => Object.entries(SERVICES).find(([name]) => name === service)?.[1] },
  )
const machines = Array.from({ length: 12 }, (_, i) => machineOf(`accounts ${i}`))

describe.each(machines.map((machine) => [`${machine.persona.os.distro} ${machine.persona.hostname}`, machine] as const))(
  'the accounts of %s',
  (_, machine) => {
    const passwd = rows(machine, 'passwd')
    const names = passwd.map(([name]) => name)

    it("stand in the order of their making: base-passwd's, the release's, the daemons', people", () => {
      expect(names.slice(0, 6)).toEqual(['root', 'daemon', 'bin', 'sys', 'sync', 'games'])
      const people = passwd.flatMap(([, , uid], i) => (Number(uid) >= 1000 && Number(uid) < 60_000 ? [i] : []))
      expect(people.length).toBeGreaterThan(0)
      expect(people).toEqual(people.map((_, i) => passwd.length - people.length + i))
      const daemons = [
        'mysql',
        'redis',
        'ftp',
        machine.persona.packages.mail.server === 'exim' ? 'Debian-exim' : 'postfix',
        ...(machine.persona.os.distro === 'ubuntu22' ? ['telnetd'] : []),
      ]
      expect(names.filter((name) => daemons.includes(name ?? ''))).toEqual(daemons)
      expect(names.indexOf('sshd')).toBeLessThan(names.indexOf('mysql'))
    })
    it('agree in passwd, shadow, group and gshadow', () => {
      expect(rows(machine, 'shadow').map(([name]) => name)).toEqual(names)
      expect(rows(machine, 'shadow').every((row) => row.length === 9)).toBe(true)
      const groups = rows(machine, 'group')
      expect(rows(machine, 'gshadow').map(([name]) => name)).toEqual(groups.map(([name]) => name))
      expect(new Set(groups.map(([, , gid]) => gid)).size).toBe(groups.length)
      expect(new Set(groups.map(([name]) => name)).size).toBe(groups.length)
      for (const [name, , , gid] of passwd)
        expect(
          groups.map(([, , id]) => id),
          name,
        ).toContain(gid)
    })
    it('own their processes and their folders', () => {
      const uid = Number(passwd.find(([name]) => name === 'mysql')?.[2])
      const gid = Number(passwd.find(([name]) => name === 'mysql')?.[3])
      expect(machine.fs.stat('/var/lib/mysql', ROOT)).toMatchObject({ uid, gid })
      expect(machine.processes().find((one) => one.user === 'mysql')?.uid).toBe(uid)
      expect(
        machine
          .processes()
          .filter((one) => one.uid !== 0)
          .every((one) => passwd.some(([, , id]) => Number(id) === one.uid)),
      ).toBe(true)
    })
  },
)

it('lost+found is as mke2fs makes it', () => {
  expect(machineOf('x').fs.stat('/lost+found', ROOT)).toMatchObject({ mode: 0o700, size: 16_384, inode: 11 })
})
