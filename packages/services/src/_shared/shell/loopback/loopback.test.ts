import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runCommand, testMachine } from '../test-shell.ts'
import { dial } from './reach.ts'

const SERVICES = { ssh: 22, http: 80, redis: 6379, smtp: 25, mysql: 3306, ftp: 21, telnet: 23 }
const machine = ((): ReturnType<typeof testMachine> => {
  for (let i = 0; ; i++) {
    const one = testMachine({ seed: `loopback ${i}`, services: SERVICES })
    if (one.persona.os.id === 'debian') return one
  }
})()
const run = async (command: string, stdin = ''): Promise<string> => {
  const { out, err, status } = await runCommand(command, { machine, stdin })
  return `${out}${err}${status}`
}

describe('this host, asked from inside', () => {
  it('refuses a closed port at once, in the words of each client', async () => {
    expect(await run('nc 127.0.0.1 1')).toBe('(UNKNOWN) [127.0.0.1] 1 (tcpmux) : Connection refused\n1')
    expect(await run('nc -v 127.0.0.1 1')).toBe('localhost [127.0.0.1] 1 (tcpmux) : Connection refused\n1')
    expect(await run('wget http://127.0.0.1:1/x 2>&1 | tail -n 1')).toBe('Connecting to 127.0.0.1:1... failed: Connection refused.\n0')
    expect(await run('wget http://localhost:1/x 2>&1 | tail -n 2')).toBe(
      'Resolving localhost (localhost)... 127.0.0.1\nConnecting to localhost (localhost)|127.0.0.1|:1... failed: Connection refused.\n0',
    )
    expect(await run('busybox wget http://127.0.0.1:1/')).toBe(
      "Connecting to 127.0.0.1:1 (127.0.0.1:1)\nwget: can't connect to remote host (127.0.0.1): Connection refused\n1",
    )
    expect(await run('curl -sS http://127.0.0.1:1/')).toBe(
      "curl: (7) Failed to connect to 127.0.0.1 port 1 after 0 ms: Couldn't connect to server\n7",
    )
    expect(await run('telnet 127.0.0.1 1')).toBe('Trying 127.0.0.1...\ntelnet: Unable to connect to remote host: Connection refused\n1')
    expect(await run('ssh -p 1 127.0.0.1')).toBe('ssh: connect to host 127.0.0.1 port 1: Connection refused\n255')
    expect(await run('redis-cli -p 1 ping')).toBe('Could not connect to Redis at 127.0.0.1:1: Connection refused\n1')
    expect(await run('cat < /dev/tcp/127.0.0.1/1')).toContain('/dev/tcp/127.0.0.1/1: Connection refused\n1')
    expect(await run(`nc ${machine.persona.ip} 1`)).toBe(`(UNKNOWN) [${machine.persona.ip}] 1 (tcpmux) : Connection refused\n1`)
  })
  it('answers on its own ports as the persona would', async () => {
    const { packages, fqdn } = machine.persona
    const ssh = `SSH-2.0-OpenSSH_${packages.openssh.version} ${packages.openssh.revision}\r\n`
    expect(await run('nc 127.0.0.1 22', 'hello\n')).toBe(`${ssh}Invalid SSH identification string.\r\n0`)
    expect(await run('exec 3<>/dev/tcp/127.0.0.1/22; head -n 1 <&3')).toBe(`${ssh}0`)
    expect(await run('nc localhost 25', 'QUIT\r\n')).toMatch(new RegExp(`^220 ${fqdn} ESMTP .*\r\n221 .*\r\n0$`))
    expect(await run("printf 'PING\\r\\n' | nc -q 1 127.0.0.1 6379")).toBe('+PONG\r\n0')
    expect(await run('telnet 127.0.0.1 6379', 'PING\nQUIT\n')).toBe(
      "Trying 127.0.0.1...\nConnected to 127.0.0.1.\nEscape character is '^]'.\n+PONG\r\n+OK\r\nConnection closed by foreign host.\n1",
    )
    expect(await run('nc -zv 127.0.0.1 22')).toBe('localhost [127.0.0.1] 22 (ssh) open\n0')
  })
  it('serves its page to curl, wget and netcat alike', async () => {
    const page = machine.fs.read('/var/www/html/index.html', { uid: 0, gid: 0, groups: [] }).toString()
    expect(await run('curl -s http://127.0.0.1/')).toBe(`${page}0`)
    expect(await run('curl -sI localhost | head -n 1')).toBe('HTTP/1.1 200 OK\r\n0')
    expect(await run('wget -qO- http://localhost/')).toBe(`${page}0`)
    expect(await run('cd /tmp; wget -q http://127.0.0.1/; cat index.html')).toBe(`${page}0`)
    expect(await run("printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc 127.0.0.1 80")).toContain(page)
    expect(await run('curl -s -o /dev/null -w "%{http_code}" http://127.0.0.1/nope')).toBe('4040')
    expect(await run('wget http://127.0.0.1/nope 2>&1 | tail -n 2')).toMatch(/ERROR 404: Not Found\.\n\n0$/)
  })
  it('has the clients of what it serves, and no others', async () => {
    const { version } = machine.persona.packages.database
    expect(await run('mysql --version')).toContain(version)
    expect(await run('mysql -uroot -p', 'secret\n')).toContain(
      "ERROR 1045 (28000): Access denied for user 'root'@'localhost' (using password: YES)\n1",
    )
    expect(await run('mysql -h 127.0.0.1 -P 1 -uroot -px')).toMatch(/^.*ERROR 200[23] \(HY000\): Can't connect to .*1$/s)
    expect(await run('redis-cli ping')).toBe('PONG\n0')
    expect(await run('redis-cli set a b; redis-cli get a')).toBe('OK\nb\n0')
    expect(await run('redis-cli config get dir')).toBe('dir\n/var/lib/redis\n0')
    expect(await run('redis-cli --version')).toBe(`redis-cli ${machine.persona.packages.redis.version}\n0`)
    for (const name of ['mysql', 'redis-cli', 'ftp', 'mysqldump'])
      expect((await runCommand(name)).err).toBe(`bash: line 1: ${name}: command not found\n`)
  })
  it('never throws and never grows, whatever is said to a daemon', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(SERVICES)),
        fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 30 }),
        (port, chunks) => {
          const line = dial(machine, port)
          let size = 0
          for (const chunk of chunks) size += line?.peer.receive(Buffer.from(chunk)).length ?? 0
          expect(line).toBeDefined()
          expect(size).toBeLessThan(3_000_000)
        },
      ),
    )
  })
})
