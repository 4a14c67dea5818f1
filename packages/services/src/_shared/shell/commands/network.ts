import { type ListeningSocket, networkOf } from '../facts.ts'
import { gatewayMac } from '../filesystem/image/proc.ts'
import type { Call, Programs } from '../interpreter/call.ts'

const linkLocal = (mac: string): string => {
  const bytes = mac.split(':').map((one) => Number.parseInt(one, 16))
  bytes[0] = (bytes[0] ?? 0) ^ 2
  const words = [
    [bytes[0], bytes[1]],
    [bytes[2], 0xff],
    [0xfe, bytes[3]],
    [bytes[4], bytes[5]],
  ].map(([a = 0, b = 0]) => (a * 256 + b).toString(16))
  return `fe80::${words.join(':')}`
}
const traffic = (call: Call): { readonly rx: number; readonly tx: number; readonly local: number } => {
  const up = (call.machine.now() - call.machine.persona.bootedAt) / 1000
  const rate = call.machine.persona.integer('net rate', 900, 9000)
  return { rx: Math.floor(up * rate), tx: Math.floor(up * rate * 0.34), local: Math.floor(up * 31) }
}

/** Sockets of IPv4 first, as the kernel's tables come. */
const listening = (call: Call): readonly ListeningSocket[] =>
  [...call.machine.listening()].sort((a, b) => a.protocol.length - b.protocol.length)

async function ifconfig(call: Call): Promise<number> {
  const { persona } = call.machine
  const net = networkOf(call.machine)
  const t = traffic(call)
  const size = (bytes: number): string => {
    const power = Math.min(4, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
    return `${(bytes / 1024 ** power).toFixed(1)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][power]}`
  }
  const block = (name: string, head: string, rx: number, tx: number, per = 377): string =>
    `${name}: ${head}        RX packets ${Math.floor(rx / 411)}  bytes ${rx} (${size(rx)})\n        RX errors 0  dropped 0  overruns 0  frame 0\n        TX packets ${Math.floor(tx / per)}  bytes ${tx} (${size(tx)})\n        TX errors 0  dropped 0 overruns 0  carrier 0  collisions 0\n\n`
  const main = block(
    net.device,
    `flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500\n        inet ${persona.ip}  netmask 255.255.255.0  broadcast ${net.broadcast}\n        inet6 ${linkLocal(persona.mac)}  prefixlen 64  scopeid 0x20<link>\n        ether ${persona.mac}  txqueuelen 1000  (Ethernet)\n`,
    t.rx,
    t.tx,
  )
  const local = block(
    'lo',
    'flags=73<UP,LOOPBACK,RUNNING>  mtu 65536\n        inet 127.0.0.1  netmask 255.0.0.0\n        inet6 ::1  prefixlen 128  scopeid 0x10<host>\n        loop  txqueuelen 1000  (Local Loopback)\n',
    t.local,
    t.local,
    411,
  )
  const asked = call.args.find((arg) => !arg.startsWith('-'))
  if (asked !== undefined && asked !== 'lo' && asked !== net.device)
    return await call.err(`${asked}: error fetching interface information: Device not found\n`).then(() => 1)
  await call.out(asked === 'lo' ? local : asked === net.device ? main : main + local)
  return 0
}

async function ip(call: Call): Promise<number> {
  const { persona } = call.machine
  const net = networkOf(call.machine)
  const words = call.args.filter((arg) => !arg.startsWith('-'))
  const brief = call.args.some((arg) => /^-br/.test(arg))
  const four = call.args.includes('-4')
  const what = words[0] ?? ''
  const is = (name: string): boolean => what !== '' && name.startsWith(what)
  const line = (...rest: readonly string[]): string => `${rest.join('\n')}\n`
  if (what === '')
    return await call
      .err(
        'Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\n       ip [ -force ] -batch filename\nwhere  OBJECT := { address | addrlabel | fou | help | ila | ioam | l2tp | link |\n                   macsec | maddress | monitor | mptcp | mroute | mrule |\n                   neighbor | neighbour | netconf | netns | nexthop | ntable |\n                   ntbl | route | rule | sr | tap | tcpmetrics |\n                   token | tunnel | tuntap | vrf | xfrm }\n',
      )
      .then(() => 255)
  if (is('address') && !/^(add|del|flush)$/.test(words[1] ?? '')) {
    if (brief)
      return await call
        .out(
          line(
            `lo               UNKNOWN        127.0.0.1/8 ${four ? '' : '::1/128 '}`,
            `${net.device.padEnd(16)} UP             ${persona.ip}/24 ${four ? '' : `${linkLocal(persona.mac)}/64 `}`,
          ),
        )
        .then(() => 0)
    const local = [
      '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000',
      ...(four ? [] : ['    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00']),
      '    inet 127.0.0.1/8 scope host lo',
      '       valid_lft forever preferred_lft forever',
      ...(four ? [] : ['    inet6 ::1/128 scope host ', '       valid_lft forever preferred_lft forever']),
    ]
    const main = [
      `2: ${net.device}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP group default qlen 1000`,
      ...(four ? [] : [`    link/ether ${persona.mac} brd ff:ff:ff:ff:ff:ff`]),
      `    inet ${persona.ip}/24 brd ${net.broadcast} scope global ${net.device}`,
      '       valid_lft forever preferred_lft forever',
      ...(four ? [] : [`    inet6 ${linkLocal(persona.mac)}/64 scope link `, '       valid_lft forever preferred_lft forever']),
    ]
    const device = words.at(-1)
    return await call.out(line(...(device === net.device ? main : device === 'lo' ? local : [...local, ...main]))).then(() => 0)
  }
  if (is('link')) {
    if (words[1] === 'set' || words[1] === 'add')
      return call.as.uid === 0 ? 0 : await call.err('RTNETLINK answers: Operation not permitted\n').then(() => 2)
    return await call
      .out(
        line(
          '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000',
          '    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00',
          `2: ${net.device}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP mode DEFAULT group default qlen 1000`,
          `    link/ether ${persona.mac} brd ff:ff:ff:ff:ff:ff`,
        ),
      )
      .then(() => 0)
  }
  if (is('route')) {
    if (words[1] === 'get')
      return await call
        .out(`${words[2]} via ${net.gateway} dev ${net.device} src ${persona.ip} uid ${call.as.uid} \n    cache \n`)
        .then(() => 0)
    return await call
      .out(
        line(
          `default via ${net.gateway} dev ${net.device} onlink `,
          `${net.network}/24 dev ${net.device} proto kernel scope link src ${persona.ip} `,
        ),
      )
      .then(() => 0)
  }
  if (is('neighbor') || is('neighbour'))
    return await call.out(`${net.gateway} dev ${net.device} lladdr ${gatewayMac(call.machine)} REACHABLE\n`).then(() => 0)
  if (is('address') || is('rule') || is('netns'))
    return call.as.uid === 0 ? 0 : await call.err('RTNETLINK answers: Operation not permitted\n').then(() => 2)
  return await call.err(`Object "${what}" is unknown, try "ip help".\n`).then(() => 1)
}

async function netstat(call: Call): Promise<number> {
  const flags = call.args.filter((arg) => arg.startsWith('-')).join('')
  const net = networkOf(call.machine)
  const { options } = call.session
  if (flags.includes('r')) return await route(call)
  if (flags.includes('i'))
    return await call
      .out(
        `Kernel Interface table\nIface      MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n${net.device.padEnd(9)} 1500 ${String(Math.floor(traffic(call).rx / 411)).padStart(8)}      0      0 0      ${String(Math.floor(traffic(call).tx / 377)).padStart(8)}      0      0      0 BMRU\nlo       65536 ${String(Math.floor(traffic(call).local / 411)).padStart(8)}      0      0 0      ${String(Math.floor(traffic(call).local / 377)).padStart(8)}      0      0      0 LRU\n`,
      )
      .then(() => 0)
  const programs = flags.includes('p')
  const owner = (pid: number, name: string): string => (programs ? (call.as.uid === 0 ? `${pid}/${name}`.padEnd(20) : '-'.padEnd(20)) : '')
  const wide = flags.includes('l')
  if (programs && call.as.uid !== 0)
    await call.err(
      '(Not all processes could be identified, non-owned process info\n will not be shown, you would have to be root to see it all.)\n',
    )
  await call.out(
    `Active Internet connections (${wide ? 'only servers' : flags.includes('a') ? 'servers and established' : 'w/o servers'})\nProto Recv-Q Send-Q Local Address           Foreign Address         State      ${programs ? ' PID/Program name    ' : ''}\n`,
  )
  const row = (protocol: string, local: string, remote: string, state: string, who: string): string =>
    `${protocol.padEnd(5)}      0      0 ${local.padEnd(23)} ${remote.padEnd(23)} ${state.padEnd(11)}${who === '' ? '' : ` ${who}`}\n`
  if (wide || flags.includes('a'))
    for (const socket of listening(call))
      await call.out(
        row(
          socket.protocol,
          `${socket.address}:${socket.port}`,
          socket.protocol.endsWith('6') ? ':::*' : '0.0.0.0:*',
          'LISTEN',
          owner(socket.pid, `${socket.process}${socket.process === 'sshd' ? ': /usr/sbi' : ''}`),
        ),
      )
  if (!wide)
    await call.out(
      row(
        'tcp',
        `${options.local.address}:${options.local.port}`,
        `${options.peer.address}:${options.peer.port}`,
        'ESTABLISHED',
        owner(call.session.shellPid - 12, `sshd: ${call.state.user.name}`),
      ),
    )
  return 0
}

async function ss(call: Call): Promise<number> {
  const flags = call.args.filter((arg) => arg.startsWith('-')).join('')
  const { options } = call.session
  const typed = !/[tux]/.test(flags) || (flags.includes('t') && flags.includes('u'))
  const process = (name: string, pid: number): string =>
    flags.includes('p') && call.as.uid === 0 ? `users:(("${name}",pid=${pid},fd=3))` : ''
  const rows: (readonly string[])[] = []
  const numeric = flags.includes('n')
  const named = (port: number): string =>
    numeric
      ? String(port)
      : ({ 22: 'ssh', 80: 'http', 21: 'ftp', 25: 'smtp', 3306: 'mysql', 6379: 'redis', 23: 'telnet' }[port] ?? String(port))
  if (flags.includes('l') || flags.includes('a'))
    for (const socket of listening(call))
      rows.push([
        ...(typed ? ['tcp'] : []),
        'LISTEN',
        '0',
        String(socket.backlog),
        socket.protocol.endsWith('6') ? '[::]' : '0.0.0.0',
        named(socket.port),
        socket.protocol.endsWith('6') ? '[::]' : '0.0.0.0',
        '*',
        process(socket.process, socket.pid),
      ])
  if (!flags.includes('l'))
    rows.push([
      ...(typed ? ['tcp'] : []),
      'ESTAB',
      '0',
      '0',
      options.local.address,
      named(options.local.port),
      options.peer.address,
      String(options.peer.port),
      process('sshd', call.session.shellPid - 12),
    ])
  const head = [...(typed ? ['Netid'] : []), 'State', 'Recv-Q', 'Send-Q', 'Local Address', 'Port', 'Peer Address', 'Port', 'Process']
  const offset = typed ? 1 : 0
  const width = (c: number): number => Math.max(...[head, ...rows].map((row) => row[c]?.length ?? 0))
  const line = (row: readonly string[], i: number): string => {
    const cells = row.slice(0, 3 + offset).map((cell, c) => cell.padEnd(width(c)))
    const [local = '', port = '', peer = '', peerPort = '', owner = ''] = row.slice(3 + offset)
    const gap = i === 0 && flags.includes('p') ? 0 : 1
    return `${cells.join(' ')} ${local.padStart(width(3 + offset))}:${port.padEnd(width(4 + offset) + 1)} ${peer.padStart(width(5 + offset))}:${peerPort.padEnd(width(6 + offset) + gap)}${owner.padEnd(width(7 + offset))}\n`
  }
  await call.out([head, ...rows].map(line).join(''))
  return 0
}

async function route(call: Call): Promise<number> {
  const net = networkOf(call.machine)
  const numeric = call.args.some((arg) => /^-\w*n/.test(arg))
  await call.out(
    `Kernel IP routing table\nDestination     Gateway         Genmask         Flags ${call.name.endsWith('netstat') ? '  MSS Window  irtt' : 'Metric Ref    Use'} Iface\n${(numeric ? '0.0.0.0' : 'default').padEnd(15)} ${(numeric ? net.gateway : net.gateway).padEnd(15)} 0.0.0.0         UG    0      0        0 ${net.device}\n${net.network.padEnd(15)} 0.0.0.0         255.255.255.0   U     0      0        0 ${net.device}\n`,
  )
  return 0
}
async function arp(call: Call): Promise<number> {
  const net = networkOf(call.machine)
  if (call.args.some((arg) => /^-\w*a/.test(arg)))
    await call.out(`? (${net.gateway}) at ${gatewayMac(call.machine)} [ether] on ${net.device}\n`)
  else
    await call.out(
      `Address                  HWtype  HWaddress           Flags Mask            Iface\n${net.gateway.padEnd(24)} ether   ${gatewayMac(call.machine)}   C                     ${net.device}\n`,
    )
  return 0
}

async function ping(call: Call): Promise<number> {
  const takes = new Set(['-c', '-i', '-W', '-w', '-s', '-t', '-I'])
  const host = call.args.find((arg, i) => !arg.startsWith('-') && !takes.has(call.args[i - 1] ?? ''))
  const at = call.args.indexOf('-c')
  const attached = /^-c(\d+)$/.exec(call.args.find((arg) => /^-c\d/.test(arg)) ?? '')?.[1]
  const count = at >= 0 ? Number(call.args[at + 1] ?? 1) : attached === undefined ? Number.POSITIVE_INFINITY : Number(attached)
  if (host === undefined) return await call.err('ping: usage error: Destination address required\n').then(() => 1)
  const mine = host === '127.0.0.1' || host === 'localhost' || host === call.machine.persona.ip || host === call.machine.persona.hostname
  const gateway = host === networkOf(call.machine).gateway
  if (!mine && !/^\d+\.\d+\.\d+\.\d+$/.test(host)) {
    await call.sleep(4000 + call.session.options.random() * 2000)
    return await call.err(`ping: ${host}: Temporary failure in name resolution\n`).then(() => 2)
  }
  const address = host === 'localhost' ? '127.0.0.1' : mine ? (host.startsWith('127') ? host : call.machine.persona.ip) : host
  await call.out(`PING ${host} (${address}) 56(84) bytes of data.\n`)
  let sent = 0
  const times: number[] = []
  while (sent < count) {
    sent++
    if (mine || gateway) {
      const ms = mine ? 0.03 + call.session.options.random() * 0.05 : 0.3 + call.session.options.random() * 0.4
      times.push(ms)
      await call.out(`64 bytes from ${address}: icmp_seq=${sent} ttl=64 time=${ms.toFixed(3)} ms\n`)
    }
    if (sent < count || times.length === 0) await call.sleep(sent < count ? 1000 : 10_000)
  }
  const lost = Math.round((1 - times.length / sent) * 100)
  const total = times.length === 0 ? sent * 1020 : (sent - 1) * 1024
  const average = times.reduce((sum, one) => sum + one, 0) / (times.length || 1)
  await call.out(
    `\n--- ${host} ping statistics ---\n${sent} packets transmitted, ${times.length} received, ${lost}% packet loss, time ${total}ms\n${times.length === 0 ? '\n' : `rtt min/avg/max/mdev = ${Math.min(...times).toFixed(3)}/${average.toFixed(3)}/${Math.max(...times).toFixed(3)}/0.012 ms\n`}`,
  )
  return times.length > 0 ? 0 : 1
}

async function resolve(call: Call): Promise<number> {
  const name = call.args.find((arg) => !arg.startsWith('-') && !arg.startsWith('@') && !arg.startsWith('+')) ?? ''
  const server = networkOf(call.machine).gateway
  await call.sleep(5000)
  if (call.name.endsWith('nslookup'))
    await call.out(
      `;; communications error to ${server}#53: timed out\n;; communications error to ${server}#53: timed out\n;; no servers could be reached\n\n`,
    )
  else if (call.name.endsWith('host'))
    await call.out(`;; communications error to ${server}#53: timed out\n;; no servers could be reached\n`)
  else
    await call.out(
      `;; communications error to ${server}#53: timed out\n\n; <<>> DiG 9.18.28-1~deb12u2-Debian <<>> ${name}\n;; global options: +cmd\n;; no servers could be reached\n`,
    )
  return call.name.endsWith('nslookup') ? 1 : 9
}
async function traceroute(call: Call): Promise<number> {
  const host = call.args.find((arg) => !arg.startsWith('-')) ?? ''
  if (!/^[\d.]+$/.test(host))
    return await call
      .err(`${host}: Temporary failure in name resolution\nCannot handle "host" cmdline arg \`${host}' on position 1 (argc 1)\n`)
      .then(() => 2)
  await call.out(`traceroute to ${host} (${host}), 30 hops max, 60 byte packets\n`)
  for (let hop = 1; hop <= 30; hop++) {
    await call.sleep(5000)
    await call.out(
      `${String(hop).padStart(2)}  ${hop === 1 ? `${networkOf(call.machine).gateway} (${networkOf(call.machine).gateway})  0.412 ms  0.389 ms  0.377 ms` : '* * *'}\n`,
    )
  }
  return 0
}
async function iptables(call: Call): Promise<number> {
  const v6 = call.name.includes('6')
  if (call.as.uid !== 0)
    return await call
      .err(`iptables v1.8.9 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)\n\n`)
      .then(() => 4)
  if (call.name.endsWith('-save'))
    return await call
      .out(
        `# Generated by iptables-save v1.8.9 (nf_tables)\n*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n`,
      )
      .then(() => 0)
  if (call.args.some((arg) => /^-\w*S/.test(arg)))
    return await call.out('-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n').then(() => 0)
  if (!call.args.some((arg) => /^-\w*L|--list/.test(arg))) return 0
  const verbose = call.args.some((arg) => /^-\w*v/.test(arg))
  const chain = (name: string): string =>
    `Chain ${name} (policy ACCEPT${verbose ? ' 0 packets, 0 bytes' : ''})\n${verbose ? ' pkts bytes target     prot opt in     out     source               destination         ' : `target     prot opt source               destination         `}\n`
  await call.out(['INPUT', 'FORWARD', 'OUTPUT'].map(chain).join('\n'))
  return v6 ? 0 : 0
}
export const network: Programs = {
  ifconfig,
  ip,
  netstat,
  ss,
  route,
  arp,
  ping,
  ping6: ping,
  nslookup: resolve,
  host: resolve,
  dig: resolve,
  traceroute,
  tracepath: traceroute,
  iptables,
  ip6tables: iptables,
  'iptables-save': iptables,
  'iptables-restore': () => 0,
  ufw: async (call) =>
    call.as.uid === 0
      ? await call.out(call.args[0] === 'status' ? 'Status: inactive\n' : 'Firewall stopped and disabled on system startup\n').then(() => 0)
      : await call.err('ERROR: You need to be root to run this script\n').then(() => 1),
}
