export const osFamilies = ['linux', 'windows', 'windows_server', 'bsd', 'embedded', 'cisco'] as const
export type OsFamily = (typeof osFamilies)[number]
export const distroIds = ['debian12', 'ubuntu22', 'ubuntu24'] as const
export type DistroId = (typeof distroIds)[number]

export interface PersonaUser {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly gecos: string
  readonly home: string
  readonly shell: string
  /** A weak password that lets an attacker in; null for accounts that never log in. */
  readonly password: string | null
  readonly sudo: boolean
}

/** Versions as the distribution ships them; `banner` strings are built by the services from these. */
export interface PersonaPackages {
  /** `9.2p1`, and the Debian revision that the banner carries: `Debian-2+deb12u3`. */
  readonly openssh: { readonly version: string; readonly revision: string }
  readonly web: { readonly server: 'nginx' | 'apache'; readonly version: string }
  readonly ftp: { readonly server: 'vsftpd' | 'proftpd'; readonly version: string }
  readonly mail: { readonly server: 'postfix' | 'exim'; readonly version: string }
  readonly database: { readonly server: 'mariadb' | 'mysql'; readonly version: string; readonly revision: string }
  readonly redis: { readonly version: string }
  /** The library and the program: `3.0.2`, `15 Mar 2022`, and the package's whole version. */
  readonly openssl: { readonly version: string; readonly date: string; readonly package: string }
}

/** One fake host, from one seed: everything that two services could say about it agrees, and stays the same over restarts. */
export interface Persona {
  readonly seed: string
  /** The decky's name, a slug: what operators call it. The attacker sees `hostname`. */
  readonly name: string
  readonly archetype: string
  readonly hostname: string
  readonly domain: string
  /** `hostname.domain` */
  readonly fqdn: string
  readonly organisation: string
  readonly ip: string
  /** Vendor's prefix, lower case with colons. */
  readonly mac: string
  readonly os: {
    readonly family: OsFamily
    readonly distro: DistroId
    readonly id: 'debian' | 'ubuntu'
    /** `Debian GNU/Linux 12 (bookworm)` */
    readonly prettyName: string
    readonly version: string
    readonly codename: string
    /** `uname -r` */
    readonly kernel: string
    /** `uname -v` */
    readonly kernelBuild: string
    readonly arch: 'x86_64'
  }
  readonly hardware: {
    readonly cpuModel: string
    readonly cores: number
    readonly memoryMb: number
    readonly diskGb: number
    readonly vendor: string
  }
  readonly timezone: string
  /** Epoch milliseconds; in the past, days to months ago, as of the persona's making. */
  readonly bootedAt: number
  /** Epoch milliseconds of the installation: mtimes of system files. */
  readonly installedAt: number
  /** In the order of /etc/passwd: root, the release's accounts, the daemons' as installed, one or two people. */
  readonly users: readonly PersonaUser[]
  readonly packages: PersonaPackages
  /** PEM (PKCS#8) host keys, derived from the seed, made on first use: some 0.2 s of this thread, unless they were prepared. */
  hostKeys(): { readonly ed25519: string; readonly ecdsa: string; readonly rsa: string }
  /** Makes them beside this thread; once. */
  prepareHostKeys(): Promise<void>
  /** Seeded choices for services; `what` is a name space: the same seed and name give the same value for ever. */
  readonly pick: <T>(what: string, from: readonly T[]) => T
  /** Whole number, both ends included. */
  readonly integer: (what: string, low: number, high: number) => number
  readonly bytes: (what: string, length: number) => Buffer
  readonly hex: (what: string, digits: number) => string
}

/** A decky as planned: what the store keeps and the sensor serves. Its persona follows from it. */
export interface DeckyPlan {
  readonly name: string
  readonly seed: string
  readonly archetype: string
  readonly ip: string
  /** Its second address, on a network that has IPv6. */
  readonly ip6?: string
  /** Of its network card; absent, the persona's own. */
  readonly mac?: string
  /** The distribution that it plays; absent, one of the archetype's. */
  readonly distro?: DistroId
  /** The family that its TCP/IP shows where it is another than the archetype's. */
  readonly osFamily?: OsFamily
  /** Epoch milliseconds of the planning; bootedAt and installedAt lie before it. */
  readonly createdAt: number
  /** Epoch milliseconds at which its packages were brought up to date and it was booted; absent, a while before its planning. */
  readonly patchedAt?: number
  readonly services: readonly {
    readonly name: string
    readonly port: number
    readonly config: Readonly<Record<string, unknown>>
    /** Another number, and it is started anew though nothing else of it changed. */
    readonly revision?: number
  }[]
}
