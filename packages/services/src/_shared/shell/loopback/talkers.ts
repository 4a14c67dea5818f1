import type { Machine } from '../machine.ts'
import { linePeer, type Peer } from './peer.ts'

export function sshPeer({ persona }: Machine): Peer {
  const { version, revision } = persona.packages.openssh
  return linePeer(`SSH-2.0-OpenSSH_${version} ${revision}\r\n`, (line) =>
    line.startsWith('SSH-2.0-') ? { reply: '' } : { reply: 'Invalid SSH identification string.\r\n', close: true },
  )
}

export function smtpPeer(machine: Machine): Peer {
  const { persona } = machine
  const { server, version } = persona.packages.mail
  const distribution = persona.os.id === 'debian' ? 'Debian/GNU' : 'Ubuntu'
  const at = machine.wall(machine.now())
  const day = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][at.weekday]
  const month = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][at.month - 1]
  const two = (n: number): string => String(n).padStart(2, '0')
  const zone = `${at.offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(at.offset) / 60))}${two(Math.abs(at.offset) % 60)}`
  const date = `${day}, ${two(at.day)} ${month} ${at.year} ${two(at.hour)}:${two(at.minute)}:${two(at.second)} ${zone}`
  if (server === 'exim')
    return linePeer(`220 ${persona.fqdn} ESMTP Exim ${version}${persona.os.id === 'ubuntu' ? ' Ubuntu' : ''} ${date}\r\n`, (line) => {
      const [verb = '', name = ''] = line.trim().split(/\s+/)
      if (/^quit$/i.test(verb)) return { reply: `221 ${persona.fqdn} closing connection\r\n`, close: true }
      if (/^helo$/i.test(verb)) return { reply: `250 ${persona.fqdn} Hello ${name === '' ? 'localhost' : name} [127.0.0.1]\r\n` }
      if (/^ehlo$/i.test(verb))
        return {
          reply: `250-${persona.fqdn} Hello ${name === '' ? 'localhost' : name} [127.0.0.1]\r\n250-SIZE 52428800\r\n250-8BITMIME\r\n250-PIPELINING\r\n250-PIPECONNECT\r\n250-CHUNKING\r\n250-PRDR\r\n250 HELP\r\n`,
        }
      if (/^noop|^rset/i.test(verb)) return { reply: `250 ${/^rset/i.test(verb) ? 'Reset OK' : 'OK'}\r\n` }
      return { reply: '500 unrecognized command\r\n' }
    })
  return linePeer(`220 ${persona.fqdn} ESMTP Postfix (${distribution})\r\n`, (line) => {
    const verb = line.trim().split(/\s+/)[0] ?? ''
    if (/^quit$/i.test(verb)) return { reply: '221 2.0.0 Bye\r\n', close: true }
    if (/^helo$/i.test(verb)) return { reply: `250 ${persona.fqdn}\r\n` }
    if (/^ehlo$/i.test(verb))
      return {
        reply: `250-${persona.fqdn}\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250-VRFY\r\n250-ETRN\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-DSN\r\n250-SMTPUTF8\r\n250 CHUNKING\r\n`,
      }
    if (/^(noop|rset)$/i.test(verb)) return { reply: '250 2.0.0 Ok\r\n' }
    if (/^(get|post|connect)$/i.test(verb)) return { reply: `221 2.7.0 Error: I can break rules, too. Goodbye.\r\n`, close: true }
    return { reply: '502 5.5.2 Error: command not recognized\r\n' }
  })
}

export function ftpPeer({ persona }: Machine): Peer {
  const { server, version } = persona.packages.ftp
  let user = ''
  const vsftpd = server === 'vsftpd'
  return linePeer(vsftpd ? `220 (vsFTPd ${version})\r\n` : '220 ProFTPD Server (Debian) [::ffff:127.0.0.1]\r\n', (line) => {
    const [verb = '', ...rest] = line.trim().split(/\s+/)
    const name = rest.join(' ')
    if (/^quit$/i.test(verb)) return { reply: '221 Goodbye.\r\n', close: true }
    if (/^user$/i.test(verb)) {
      user = name
      return { reply: vsftpd ? '331 Please specify the password.\r\n' : `331 Password required for ${name}\r\n` }
    }
    if (/^pass$/i.test(verb)) {
      const reply =
        user === ''
          ? vsftpd
            ? '503 Login with USER first.\r\n'
            : '503 Login with USER first\r\n'
          : vsftpd
            ? '530 Login incorrect.\r\n'
            : '530 Login incorrect.\r\n'
      return { reply }
    }
    return { reply: vsftpd ? '530 Please login with USER and PASS.\r\n' : '530 Please login with USER and PASS\r\n' }
  })
}

/** inetd's telnetd: its options, then login's questions. */
export function telnetPeer({ persona }: Machine): Peer {
  let name: string | null = null
  const prompt = `${persona.hostname} login: `
  const title = `\xff\xfd\x18\xff\xfd\x20\xff\xfd\x23\xff\xfd\x27\r\n${persona.os.id === 'debian' ? `Linux ${persona.os.kernel} (${persona.hostname}) (pts/9)\r\n\r\n` : ''}`
  return linePeer(`${title}${prompt}`, (line) => {
    if (name === null) {
      if (line.trim() === '') return { reply: prompt }
      name = line
      return { reply: 'Password: ' }
    }
    name = null
    return { reply: `\r\n\r\nLogin incorrect\r\n${prompt}` }
  })
}

/** The handshake of protocol 10; who answers it without a scramble is refused. */
export function mysqlPeer({ persona }: Machine): Peer {
  const { server, version, revision } = persona.packages.database
  const full = server === 'mariadb' ? `5.5.5-${version}-MariaDB-${revision}` : `${version}-${revision}`
  const mariadb = server === 'mariadb'
  const middle = Buffer.from(mariadb ? '00fef72d0200ff81150000000000001d000000' : '00ffffff0200ffdf1500000000000000000000', 'hex')
  const salt = persona.hex('mysql greeting', 40).replace(/[^a-f]/g, (digit) => String.fromCharCode(103 + Number(digit)))
  const body = Buffer.concat([
    Buffer.from(`\n${full}\0`, 'latin1'),
    Buffer.from([31 + persona.integer('mysql thread', 0, 200), 0, 0, 0]),
    Buffer.from(salt.slice(0, 8)),
    middle,
    Buffer.from(`${salt.slice(8, 20)}\0${mariadb ? 'mysql_native_password' : 'caching_sha2_password'}\0`),
  ])
  let closed = false
  return {
    greeting: Buffer.concat([Buffer.from([body.length & 0xff, body.length >> 8, 0, 0]), body]),
    get closed() {
      return closed
    },
    receive(data) {
      if (closed || data.length === 0) return Buffer.alloc(0)
      closed = true
      const words = Buffer.from('\xff\x84\x04#08S01Got packets out of order', 'latin1')
      return Buffer.concat([Buffer.from([words.length, 0, 0, 1]), words])
    },
  }
}
