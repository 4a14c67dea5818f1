import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { Persona } from '@decnet/persona'

const pem = ({ privateKey }: { privateKey: KeyObject }): string => privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

/** A persona for the kernel's own tests, which cannot wait for a planned fleet. Its host keys are new on each call. */
export function examplePersona(changes: Partial<Persona> = {}): Persona {
  const seed = changes.seed ?? 'example'
  const bytes = (what: string, length: number): Buffer => {
    const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, index) =>
      createHash('sha256').update(`${seed}/${what}/${index}`).digest(),
    )
    return Buffer.concat(blocks).subarray(0, length)
  }
  const integer = (what: string, low: number, high: number): number => low + (bytes(what, 4).readUInt32BE() % (high - low + 1))
  return {
    seed,
    name: 'web-01',
    archetype: 'linux-server',
    hostname: 'atlas',
    domain: 'example.org',
    fqdn: 'atlas.example.org',
    organisation: 'Example Works',
    ip: '127.0.0.1',
    mac: '52:54:00:12:34:56',
    os: {
      family: 'linux',
      distro: 'debian12',
      id: 'debian',
      prettyName: 'Debian GNU/Linux 12 (bookworm)',
      version: '12',
      codename: 'bookworm',
      kernel: '6.1.0-18-amd64',
      kernelBuild: '#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)',
      arch: 'x86_64',
    },
    hardware: { cpuModel: 'Intel(R) Xeon(R) Silver 4210 CPU @ 2.20GHz', cores: 4, memoryMb: 8192, diskGb: 80, vendor: 'Dell Inc.' },
    timezone: 'Etc/UTC',
    bootedAt: Date.UTC(2026, 9, 1),
    installedAt: Date.UTC(2026, 2, 1),
    users: [
      { name: 'root', uid: 0, gid: 0, gecos: 'root', home: '/root', shell: '/bin/bash', password: 'toor', sudo: true },
      { name: 'anna', uid: 1000, gid: 1000, gecos: 'Anna', home: '/home/anna', shell: '/bin/bash', password: 'summer', sudo: true },
    ],
    packages: {
      openssh: { version: '9.2p1', revision: 'Debian-2+deb12u3' },
      web: { server: 'nginx', version: '1.22.1' },
      ftp: { server: 'vsftpd', version: '3.0.3' },
      mail: { server: 'postfix', version: '3.7.11' },
      database: { server: 'mariadb', version: '10.11.6', revision: '0+deb12u1' },
      redis: { version: '7.0.15' },
      openssl: { version: '3.0.19', date: '27 Jan 2026', package: '3.0.19-1~deb12u2' },
    },
    hostKeys: () => ({
      ed25519: pem(generateKeyPairSync('ed25519')),
      ecdsa: pem(generateKeyPairSync('ec', { namedCurve: 'P-256' })),
      rsa: pem(generateKeyPairSync('rsa', { modulusLength: 2048 })),
    }),
    prepareHostKeys: () => Promise.resolve(),
    pick(what, from) {
      const chosen = from[integer(what, 0, from.length - 1)]
      if (chosen === undefined) throw new RangeError('nothing to pick from')
      return chosen
    },
    integer,
    bytes,
    hex: (what, digits) =>
      bytes(what, Math.ceil(digits / 2))
        .toString('hex')
        .slice(0, digits),
    ...changes,
  }
}
