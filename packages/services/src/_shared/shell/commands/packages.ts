import type { Persona } from '@decnet/persona'
import type { Call, Programs } from '../interpreter/call.ts'
import { opensslPasswd } from './passwords.ts'

/** `name:version` of what every server of a release has, as the release's archive lists it. */
const BASE: Readonly<Record<Persona['os']['distro'], string>> = {
  debian12:
    'adduser:3.134 apt:2.6.1 base-files:12.4+deb12u5 base-passwd:3.6.1 bash:5.2.15-2+b2 bsdutils:1:2.38.1-5+deb12u1 coreutils:9.1-1 cron:3.0pl1-162 dash:0.5.12-2 debconf:1.5.82 dpkg:1.21.22 findutils:4.9.0-4 gpgv:2.2.40-1.1 grep:3.8-5 gzip:1.12-1 hostname:3.23+nmu1 init:1.65.2 iproute2:6.1.0-3 iputils-ping:3:20221126-1 kmod:30+20221128-1 less:590-2 libc6:2.36-9+deb12u4 login:1:4.13+dfsg1-1+b1 mawk:1.3.4.20200120-3.1 mount:2.38.1-5+deb12u1 nano:7.2-1 net-tools:2.10-0.1 passwd:1:4.13+dfsg1-1+b1 perl-base:5.36.0-7+deb12u1 procps:2:4.0.2-3 python3-minimal:3.11.2-1+b1 rsyslog:8.2302.0-1 sed:4.9-1 sudo:1.9.13p3-1+deb12u1 systemd:252.22-1~deb12u1 sysvinit-utils:3.06-4 tar:1.34+dfsg-1.2+deb12u1 tzdata:2024a-0+deb12u1 udev:252.22-1~deb12u1 util-linux:2.38.1-5+deb12u1 vim-tiny:2:9.0.1378-2 wget:1.21.3-1+b2 zlib1g:1:1.2.13.dfsg-1',
  ubuntu22:
    'adduser:3.118ubuntu5 apt:2.4.13 base-files:12ubuntu4.7 base-passwd:3.5.52build1 bash:5.1-6ubuntu1.1 bsdutils:1:2.37.2-4ubuntu3.4 coreutils:8.32-4.1ubuntu1.2 cron:3.0pl1-137ubuntu3 dash:0.5.11+git20210903+057cd650a4ed-3build1 debconf:1.5.79ubuntu1 dpkg:1.21.1ubuntu2.3 findutils:4.8.0-1ubuntu3 gpgv:2.2.27-3ubuntu2.1 grep:3.7-1build1 gzip:1.10-4ubuntu4.1 hostname:3.23ubuntu2 init:1.62 iproute2:5.15.0-1ubuntu2 iputils-ping:3:20211215-1 kmod:29-1ubuntu1 less:590-1ubuntu0.22.04.3 libc6:2.35-0ubuntu3.8 login:1:4.8.1-2ubuntu2.2 mawk:1.3.4.20200120-3 mount:2.37.2-4ubuntu3.4 nano:6.2-1 net-tools:1.60+git20181103.0eebece-1ubuntu5 passwd:1:4.8.1-2ubuntu2.2 perl-base:5.34.0-3ubuntu1.3 procps:2:3.3.17-6ubuntu2.1 python3-minimal:3.10.6-1~22.04.1 rsyslog:8.2112.0-2ubuntu2.2 sed:4.8-1ubuntu2 sudo:1.9.9-1ubuntu2.4 systemd:249.11-0ubuntu3.12 sysvinit-utils:3.01-1ubuntu1 tar:1.34+dfsg-1ubuntu0.1.22.04.2 tzdata:2024a-0ubuntu0.22.04.1 udev:249.11-0ubuntu3.12 util-linux:2.37.2-4ubuntu3.4 vim-tiny:2:8.2.3995-1ubuntu2.17 wget:1.21.2-2ubuntu1.1 zlib1g:1:1.2.11.dfsg-2ubuntu9.2',
  ubuntu24:
    'adduser:3.137ubuntu1 apt:2.7.14build2 base-files:13ubuntu10 base-passwd:3.6.3build1 bash:5.2.21-2ubuntu4 bsdutils:1:2.39.3-9ubuntu6 coreutils:9.4-3ubuntu6 cron:3.0pl1-184ubuntu2 dash:0.5.12-6ubuntu5 debconf:1.5.86ubuntu1 dpkg:1.22.6ubuntu6 findutils:4.9.0-5build1 gpgv:2.4.4-2ubuntu17 grep:3.11-4build1 gzip:1.12-1ubuntu3 hostname:3.23+nmu2ubuntu2 init:1.66ubuntu1 iproute2:6.1.0-1ubuntu6 iputils-ping:3:20240117-1build1 kmod:31+20240202-2ubuntu7 less:590-2ubuntu2 libc6:2.39-0ubuntu8 login:1:4.13+dfsg1-4ubuntu3 mawk:1.3.4.20240123-1build1 mount:2.39.3-9ubuntu6 nano:7.2-2build1 net-tools:2.10-0.1ubuntu4 passwd:1:4.13+dfsg1-4ubuntu3 perl-base:5.38.2-3.2build2 procps:2:4.0.4-4ubuntu3 python3-minimal:3.12.3-0ubuntu1 rsyslog:8.2312.0-3ubuntu9 sed:4.9-2build1 sudo:1.9.15p5-3ubuntu5 systemd:255.4-1ubuntu8 sysvinit-utils:3.08-6ubuntu3 tar:1.35+dfsg-3build1 tzdata:2024a-2ubuntu1 udev:255.4-1ubuntu8 util-linux:2.39.3-9ubuntu6 vim-tiny:2:9.1.0016-1ubuntu7 wget:1.21.4-1ubuntu4 zlib1g:1:1.3.dfsg-3.1ubuntu2',
}
/** Revisions of the packages behind the services; what a table has not is as new as its program. */
const REVISIONS: Readonly<Record<Persona['os']['distro'], Readonly<Record<string, string>>>> = {
  debian12: { nginx: '9', apache2: '1~deb12u1', 'redis-server': '1~deb12u1', vsftpd: '13+b2', postfix: '0+deb12u1' },
  ubuntu22: { nginx: '6ubuntu14.4', apache2: '1ubuntu4.12', 'redis-server': '1ubuntu1', vsftpd: '0ubuntu1', postfix: '1ubuntu1.3' },
  ubuntu24: {
    nginx: '2ubuntu7',
    apache2: '1ubuntu8.4',
    'redis-server': '1ubuntu0.24.04.1',
    vsftpd: '0ubuntu3',
    postfix: '1build2',
  },
}

type Installed = readonly [name: string, version: string]
const baseOf = (persona: Persona): readonly Installed[] =>
  BASE[persona.os.distro].split(' ').map((entry) => {
    const [name = '', ...version] = entry.split(':')
    return [name, version.join(':')]
  })

/** What `apt` calls itself. */
export const aptVersion = (persona: Persona): string =>
  (baseOf(persona).find(([name]) => name === 'apt')?.[1] ?? '').replace(/(?:build|ubuntu).*$/, '')

/** Every package with its version, in the order of `dpkg -l`: the release's, then what the persona and its services have. */
function installedOn({ machine }: Call): readonly Installed[] {
  const { persona } = machine
  const { openssh, openssl, web, ftp, mail, database, redis } = persona.packages
  const revised = (name: string, version: string): string => `${version}-${REVISIONS[persona.os.distro][name] ?? '1'}`
  const secureShell = `1:${openssh.version}-${openssh.revision.replace(/^\w+-/, '')}`
  const own: (readonly [service: string, ...Installed])[] = [
    ['ssh', 'openssh-server', secureShell],
    ['http', web.server === 'nginx' ? 'nginx' : 'apache2', revised(web.server === 'nginx' ? 'nginx' : 'apache2', web.version)],
    ['redis', 'redis-server', `5:${revised('redis-server', redis.version)}`],
    [
      'mysql',
      ...(database.server === 'mariadb'
        ? (['mariadb-server', `1:${database.version}-${database.revision}`] as const)
        : (['mysql-server-8.0', `${database.version}-${database.revision}`] as const)),
    ],
    ...(ftp.server === 'vsftpd' ? ([['ftp', 'vsftpd', revised('vsftpd', ftp.version)]] as const) : []),
    ...(mail.server === 'postfix' ? ([['smtp', 'postfix', revised('postfix', mail.version)]] as const) : []),
  ]
  const all: readonly Installed[] = [
    ...baseOf(persona),
    [persona.os.distro === 'ubuntu24' ? 'libssl3t64' : 'libssl3', openssl.package],
    ['openssl', openssl.package],
    ['openssh-client', secureShell],
    ...own.flatMap(([service, name, version]): Installed[] => (machine.offers(service) === undefined ? [] : [[name, version]])),
  ]
  return [...all].sort(([a], [b]) => (a < b ? -1 : 1))
}

async function dpkg(call: Call): Promise<number> {
  if (call.args.includes('--print-architecture')) return await call.out('amd64\n').then(() => 0)
  if (call.args.some((arg) => arg === '-l' || arg === '--list')) {
    const wanted = call.args.filter((arg) => !arg.startsWith('-'))
    await call.out(
      'Desired=Unknown/Install/Remove/Purge/Hold\n| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend\n|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)\n||/ Name                 Version                      Architecture Description\n+++-====================-============================-============-=================================\n',
    )
    for (const [name, version] of installedOn(call))
      if (wanted.length === 0 || wanted.includes(name))
        await call.out(`ii  ${name.padEnd(20)} ${version.padEnd(28)} amd64        ${name}\n`)
    return 0
  }
  if (call.as.uid !== 0) return await call.err('dpkg: error: requested operation requires superuser privilege\n').then(() => 2)
  return await call
    .err(
      "dpkg: error: need an action option\n\nType dpkg --help for help about installing and deinstalling packages [*];\nUse 'apt' or 'aptitude' for user-friendly package management;\n",
    )
    .then(() => 2)
}

/** `OpenSSL 3.0.2 15 Mar 2022` */
export const opensslOf = ({ packages: { openssl } }: Persona): string => `OpenSSL ${openssl.version} ${openssl.date}`

async function openssl(call: Call): Promise<number> {
  if (call.args[0] === 'passwd') return await opensslPasswd(call)
  if (!['version', '--version', '-v'].includes(call.args[0] ?? '')) return 0
  const name = opensslOf(call.machine.persona)
  return await call.out(`${name} (Library: ${name})\n`).then(() => 0)
}

async function nginx(call: Call): Promise<number> {
  const { os, packages } = call.machine.persona
  const name = `nginx version: nginx/${packages.web.version}${os.id === 'ubuntu' ? ' (Ubuntu)' : ''}\n`
  const asks = (letter: string): boolean => call.args.includes(`-${letter}`)
  if (asks('v')) return await call.err(name).then(() => 0)
  if (asks('V')) return await call.err(`${name}built with ${opensslOf(call.machine.persona)}\nTLS SNI support enabled\n`).then(() => 0)
  if (!asks('t') || call.as.uid !== 0) return 0
  return await call
    .err(
      'nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\nnginx: configuration file /etc/nginx/nginx.conf test is successful\n',
    )
    .then(() => 0)
}

async function redisServer(call: Call): Promise<number> {
  if (!['-v', '--version'].includes(call.args[0] ?? '')) return 0
  const { os, packages } = call.machine.persona
  const allocator = os.distro === 'ubuntu22' ? '5.2.1' : '5.3.0'
  const build = os.distro === 'debian12' ? 'ae4d7c971a948f0' : 'a3fdef44459b3ad6'
  return await call
    .out(`Redis server v=${packages.redis.version} sha=00000000:0 malloc=jemalloc-${allocator} bits=64 build=${build}\n`)
    .then(() => 0)
}

/** `-V` came with 9.2; before, it is no option, and the usage says the version. */
async function sshd(call: Call): Promise<number> {
  const { persona } = call.machine
  const { openssh } = persona.packages
  const library = opensslOf(persona)
  if (call.args[0] !== '-V')
    return call.name.startsWith('/') ? 0 : await call.err('sshd re-exec requires execution with an absolute path\r\n').then(() => 255)
  if (persona.os.distro !== 'ubuntu22') return await call.err(`OpenSSH_${openssh.version.replace(/p\d+$/, '')}, ${library}\n`).then(() => 0)
  return await call
    .err(
      `unknown option -- V\nOpenSSH_${openssh.version} ${openssh.revision}, ${library}\nusage: sshd [-46DdeiqTt] [-C connection_spec] [-c host_cert_file]\n            [-E log_file] [-f config_file] [-g login_grace_time]\n            [-h host_key_file] [-o option] [-p port] [-u len]\n`,
    )
    .then(() => 1)
}

/** What the package manager lists, and the versions that the packages' own programs say. */
export const packaged: Programs = { dpkg, 'dpkg-query': dpkg, openssl, nginx, 'redis-server': redisServer, sshd }
