import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { when } from '@decnet/kernel/testing'
import { describe, expect, it } from 'vitest'
import { manifests } from '../workers/manifests.ts'
import {
  requireAccounts,
  requireLastingPlace,
  requireParts,
  requireSystemd,
  systemdVersion,
  troubleOfPlace,
  writeUnits,
} from './install.ts'
import { renderUnits, type UnitOptions } from './units.ts'

const root = fileURLToPath(new URL('../../../..', import.meta.url)).replace(/\/$/u, '')
const usual: UnitOptions = { user: 'decnet', group: 'decnet', home: '/var/lib/decnet', root: '/opt/decnet', version: 252 }

/** Settings by key, in the order of the file; a key may come more than once. */
function settings(name: string, more: Partial<UnitOptions> = {}, from = manifests): Map<string, string[]> {
  const found = renderUnits(from, { ...usual, ...more }).find((unit) => unit.name === name)
  const all = new Map<string, string[]>()
  for (const line of found?.content.split('\n') ?? []) {
    const [, key = '', value = ''] = /^(\w+)=(.*)$/u.exec(line) ?? []
    if (key !== '') all.set(key, [...(all.get(key) ?? []), value])
  }
  return all
}
const SERVICES = ['decnet-bus.service', 'decnet.service', 'decnet-worker@.service']

describe('the units', () => {
  it('are a target, the bus, the fleet, and a template that names the workers which run alone', () => {
    const units = renderUnits(manifests, usual)
    expect(units.map(({ name }) => name)).toEqual(['decnet.target', ...SERVICES])
    expect(settings('decnet.target').get('Wants')).toEqual(['decnet-bus.service decnet.service'])
    const alone = manifests.filter((manifest) => manifest.alone).map(({ name }) => name)
    expect(units.at(-1)?.content).toContain(`# Instances: ${alone.join(', ')}.`)
    expect(SERVICES.map((name) => settings(name).get('ExecStart'))).toEqual([
      ['/opt/decnet/bin/decnet bus --socket /run/decnet/bus.sock --group decnet'],
      ['/opt/decnet/bin/decnet up'],
      ['/opt/decnet/bin/decnet worker %i'],
    ])
  })

  it('W4: want the bus and come after it, and nothing of them ends with it', () => {
    for (const name of SERVICES.slice(1)) {
      const own = settings(name)
      expect(own.get('Wants')).toEqual(['decnet-bus.service'])
      expect(own.get('After')?.[0]).toContain('decnet-bus.service')
    }
    for (const { content } of renderUnits(manifests, usual)) {
      expect(content).not.toMatch(/^(?:Requires|Requisite|BindsTo|Upholds)=/mu)
      expect(content).not.toMatch(/^PartOf=.*bus/mu)
    }
  })

  it('all find one bus in one folder, which stays while the bus is away', () => {
    for (const name of SERVICES)
      expect(settings(name).get('Environment')).toEqual([
        'DECNET_HOME=/var/lib/decnet',
        'DECNET_BUS_SOCKET=/run/decnet/bus.sock DECNET_BUS_GROUP=decnet',
      ])
    const bus = settings('decnet-bus.service')
    expect([bus.get('RuntimeDirectory'), bus.get('RuntimeDirectoryMode'), bus.get('RuntimeDirectoryPreserve')]).toEqual([
      ['decnet'],
      ['0750'],
      ['yes'],
    ])
  })

  it('start again what failed, not what was ended; a loop of crashes is given up; the pause grows where systemd can', () => {
    for (const name of SERVICES) {
      const [old, young] = [settings(name), settings(name, { version: 254 })]
      expect([old.get('Restart'), old.get('RestartSec'), old.get('RestartSteps')]).toEqual([['on-failure'], ['5'], undefined])
      expect([young.get('RestartSec'), young.get('RestartSteps'), young.get('RestartMaxDelaySec')]).toEqual([['1'], ['8'], ['60']])
      expect([old.get('StartLimitIntervalSec'), old.get('StartLimitBurst')]).toEqual([['600'], ['20']])
    }
  })

  it('give no more than the manifests need', () => {
    for (const name of SERVICES) {
      const own = settings(name)
      for (const key of ['NoNewPrivileges', 'PrivateTmp', 'ProtectHome', 'PrivateDevices', 'RestrictNamespaces'])
        expect(own.get(key), `${name} ${key}`).toEqual(['yes'])
      expect(own.get('ProtectSystem')).toEqual(['strict'])
      expect(own.get('MemoryDenyWriteExecute')).toEqual(['no'])
      expect(own.get('SystemCallFilter')).toEqual(['@system-service'])
    }
    expect(SERVICES.map((name) => settings(name).get('CapabilityBoundingSet'))).toEqual([[''], ['CAP_NET_BIND_SERVICE'], ['']])
    expect(SERVICES.map((name) => settings(name).get('StateDirectory'))).toEqual([undefined, ['decnet'], ['decnet']])
    const poor = manifests.map((manifest) => ({ ...manifest, needs: ['bus'] as const }))
    for (const name of SERVICES) {
      const own = settings(name, {}, poor)
      expect([own.get('CapabilityBoundingSet'), own.get('StateDirectory'), own.get('ReadWritePaths')]).toEqual([[''], undefined, undefined])
    }
  })

  it('as root: what dropping rights takes, and no capability beyond that', () => {
    const own = settings('decnet.service', { user: 'root' })
    expect(own.get('CapabilityBoundingSet')?.[0]?.split(' ').toSorted()).toEqual([
      'CAP_CHOWN',
      'CAP_DAC_OVERRIDE',
      'CAP_FOWNER',
      'CAP_KILL',
      'CAP_NET_BIND_SERVICE',
      'CAP_SETGID',
      'CAP_SETUID',
    ])
    expect(own.get('AmbientCapabilities')).toEqual([''])
    expect(settings('decnet-bus.service', { user: 'root' }).get('CapabilityBoundingSet')).toEqual([''])
  })

  it('see of people’s homes only the program and the home that lie there', () => {
    const own = (name: string) => settings(name, { home: '/home/joe/my decnet', root: '/root/100%/decnet' })
    const fleet = own('decnet.service')
    expect(fleet.get('ProtectHome')).toEqual(['tmpfs'])
    expect(fleet.get('BindReadOnlyPaths')).toEqual(['/root/100%%/decnet'])
    expect(fleet.get('BindPaths')).toEqual(['"/home/joe/my decnet"'])
    expect(fleet.get('ReadWritePaths')).toEqual(['"/home/joe/my decnet"'])
    expect(fleet.get('Environment')?.[0]).toBe('"DECNET_HOME=/home/joe/my decnet"')
    expect(own('decnet-bus.service').get('BindPaths')).toBeUndefined()
  })

  it.each(['/tmp', '/var/tmp'])('see of %s only the program and the home that lie there', (temporary) => {
    const more = { home: `${temporary}/home`, root: `${temporary}/decnet` }
    for (const name of SERVICES) {
      const own = settings(name, more)
      expect([own.get('PrivateTmp'), own.get('ProtectHome')]).toEqual([['yes'], ['yes']])
      expect(own.get('BindReadOnlyPaths')).toEqual([more.root])
      expect(own.get('BindPaths')).toEqual(name === 'decnet-bus.service' ? undefined : [more.home])
    }
    expect(settings('decnet.service', { root: '/tmpfiles' }).get('BindReadOnlyPaths')).toBeUndefined()
  })

  it.each([
    [{ home: '/srv/a"b' }, 'bad_path'],
    [{ home: '/srv/a\nExecStartPre=/bin/sh' }, 'bad_path'],
    [{ home: 'relative' }, 'bad_path'],
    [{ root: '/opt/$HOME' }, 'bad_path'],
    [{ user: 'joe\nUser=root' }, 'bad_name'],
    [{ group: '' }, 'bad_name'],
  ])('refuse what would become syntax: %j', (more, code) => {
    expect(() => renderUnits(manifests, { ...usual, ...more })).toThrow(expect.objectContaining({ code }))
  })
})

when({ tools: { 'systemd-analyze': 'systemd' } }).describe('systemd itself', () => {
  it.each([
    ['as a user of their own', { root }],
    ['as root, from homes with spaces', { root, user: 'root', home: '/home/joe/my decnet' }],
    ['with a home among temporary files', { root, home: '/tmp/decnet' }],
  ])('finds nothing wrong with the units, and little that they are exposed to: %s', (_how, more) => {
    const folder = mkdtempSync(join(tmpdir(), 'units-'))
    try {
      const paths = writeUnits(renderUnits(manifests, { ...usual, ...more, version: systemdVersion() }), folder)
      const verified = spawnSync('systemd-analyze', ['verify', '--man=no', ...paths], { encoding: 'utf8' })
      const about = `${verified.stdout}${verified.stderr}`.split('\n').filter((line) => line.includes('decnet'))
      expect([verified.status, about]).toEqual([0, []])
      for (const path of paths.filter((path) => path.endsWith('.service'))) {
        const said = execFileSync('systemd-analyze', ['security', '--offline=true', '--no-pager', path], { encoding: 'utf8' })
        expect(Number(/Overall exposure level for \S+: (?<level>[\d.]+)/u.exec(said)?.groups?.level), path).toBeLessThan(3.5)
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('installing', () => {
  it('is refused in a sentence where systemd does not run the machine', () => {
    expect(() => requireSystemd('/nowhere/at/all')).toThrow(expect.objectContaining({ code: 'systemd_missing', hint: expect.any(String) }))
    requireSystemd(tmpdir())
  })

  it('asks for the group, the user and the home that the units name, and says how to make them', () => {
    const folder = mkdtempSync(join(tmpdir(), 'home-'))
    try {
      const parts = { ...usual, user: String(process.getuid?.()), group: 'daemon', home: folder }
      requireParts(parts)
      const refused: [Partial<UnitOptions>, string, string][] = [
        [{ group: 'no-such-group' }, 'group_unknown', 'groupadd --system no-such-group'],
        [{ user: 'no-such-user' }, 'user_unknown', 'useradd --system'],
        [{ home: join(folder, 'none') }, 'home_missing', 'install -d -m 700'],
        [{ user: '54321' }, 'home_permissions', 'chown'],
      ]
      for (const [more, code, hint] of refused)
        expect(() => requireParts({ ...parts, ...more })).toThrow(expect.objectContaining({ code, hint: expect.stringContaining(hint) }))
      requireParts({ ...parts, home: '/var/lib/no-such-home' })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('asks for a user and a group that are named, wherever the units go', () => {
    requireAccounts({ ...usual, user: 'root', group: 'root' })
    expect(() => requireAccounts({ ...usual, user: 'no-such-user', group: 'root' })).toThrow(
      expect.objectContaining({ code: 'user_unknown', hint: expect.stringContaining('useradd --system') }),
    )
  })

  it('is refused where the program would be deleted, says so of a home, and leads to /opt', () => {
    for (const place of ['/tmp/x', '/var/tmp/x', '/home/joe/x', '/root/x'])
      expect(troubleOfPlace(place)?.hint).toContain(`cp -a '${place}' /opt/decnet`)
    for (const place of ['/opt/decnet', '/usr/local/decnet', '/srv/tmp']) expect(troubleOfPlace(place)).toBeNull()
    expect(() => requireLastingPlace('/tmp/x')).toThrow(expect.objectContaining({ code: 'program_in_tmp' }))
    requireLastingPlace('/home/joe/x')
  })

  it('writes each unit for all to read into a folder that it makes, and says which one it could not write', () => {
    const folder = mkdtempSync(join(tmpdir(), 'units-'))
    try {
      const units = renderUnits(manifests, usual)
      for (const path of writeUnits(units, join(folder, 'new', 'units'))) expect(statSync(path).mode & 0o777).toBe(0o644)
      writeFileSync(join(folder, 'file'), '')
      expect(() => writeUnits(units, join(folder, 'file'))).toThrow(expect.objectContaining({ code: 'unit_not_written' }))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
