import { createHash, createPublicKey } from 'node:crypto'
import ssh2 from 'ssh2'
import { describe, expect, it } from 'vitest'
import { runCommand, testMachine } from '../../test-shell.ts'

const root = { uid: 0, gid: 0, groups: [0] }

describe('what stands in /etc/ssh', () => {
  const machine = testMachine()
  const { hostname } = machine.persona

  it.each(['ed25519', 'ecdsa', 'rsa'] as const)('the public half of %s is that of the key, and as long as is said', (kind) => {
    const path = `/etc/ssh/ssh_host_${kind}_key.pub`
    const text = machine.fs.read(path, root).toString('latin1')
    expect(text.length).toBe(machine.fs.stat(path, root).size)
    expect(text.endsWith(` root@${hostname}\n`)).toBe(true)
    const parsed = ssh2.utils.parseKey(text)
    if (parsed instanceof Error) throw parsed
    expect(createPublicKey(parsed.getPublicPEM()).equals(createPublicKey(machine.persona.hostKeys()[kind]))).toBe(true)
  })

  it('moduli has the form of moduli(5), the length that is said, and is one for all hosts', () => {
    const text = machine.fs.read('/etc/ssh/moduli', root).toString('latin1')
    expect(text.length).toBe(machine.fs.stat('/etc/ssh/moduli', root).size)
    for (const line of text.trimEnd().split('\n').slice(1)) {
      const [time, , , , bits, , modulus = ''] = line.split(' ')
      expect([time?.length, modulus.length * 4]).toEqual([14, Number(bits) + 1])
      expect(modulus).toMatch(/^[89A-F][0-9A-F]+[37BF]$/u)
    }
    const other = testMachine({ seed: 'other' }).fs.read('/etc/ssh/moduli', root)
    expect(createHash('sha256').update(other).digest('hex')).toBe(createHash('sha256').update(text).digest('hex'))
  })
})

describe('what logins leave in files', () => {
  it('wtmp has a record for each line of last, and one for each end', async () => {
    const machine = testMachine()
    const [start, level, ...others] = Array.from({ length: machine.fs.stat('/var/log/wtmp', root).size / 384 }, (_, index) =>
      machine.fs.read('/var/log/wtmp', root).subarray(index * 384, (index + 1) * 384),
    )
    const user = (record: Buffer | undefined) => record?.toString('latin1', 44, 76).replace(/\0+$/u, '')
    expect([user(start), user(level)]).toEqual(['reboot', 'runlevel'])
    const came = others.filter((record) => record.readInt16LE(0) === 7)
    const told = (await runCommand('last', { machine })).out.split('\n').filter((line) => line.includes('pts/'))
    expect(came.map(user).toReversed()).toEqual(told.map((line) => line.split(' ')[0]))
    const times = others.map((record) => record.readUInt32LE(340))
    expect(times).toEqual(times.toSorted((one, other) => one - other))
  })

  it('lastlog has a record at the uid of each who came', () => {
    const machine = testMachine()
    const bytes = machine.fs.read('/var/log/lastlog', root)
    for (const uid of new Set(machine.logins().map(({ user }) => user.uid))) {
      const last = machine.logins().find(({ user }) => user.uid === uid)
      expect(bytes.readUInt32LE(uid * 292)).toBe(Math.floor((last?.at ?? 0) / 1000))
    }
  })
})

describe('a fork that is refused', () => {
  it('is told without a line, as bash does', async () => {
    const { err } = await runCommand('f() { (f); }; f')
    const told = err.split('\n').filter((line) => line.includes('fork'))
    expect(told).not.toEqual([])
    for (const line of told) expect(line).toMatch(/^bash: fork: /u)
  })
})
