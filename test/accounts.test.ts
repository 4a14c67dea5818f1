import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { when } from '@decnet/kernel/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { run, SSH_OPTIONS } from './rig/client.ts'
import { type Fleet, startFleet, type Target } from './rig/fleet.ts'

interface Account {
  readonly user: string
  readonly password: string
}
const X: Account = { user: 'x', password: 'pw' }
const KEYS = [
  ['ed25519', []],
  ['rsa', ['-b', '3072']],
  ['ecdsa', ['-b', '256']],
  ['ecdsa', ['-b', '384']],
  ['ecdsa', ['-b', '521']],
] as const

/** What attackers try next: the account that they have just made, the key that they have just left. */
when({ tools: { ssh: 'openssh-client', sshpass: 'sshpass', telnet: 'telnet' } }).describe('what an attacker leaves to come back by', () => {
  let fleet: Fleet
  const work = mkdtempSync(join(tmpdir(), 'accounts-'))
  beforeAll(async () => {
    fleet = await startFleet()
  })
  afterAll(async () => {
    await fleet[Symbol.asyncDispose]()
    rmSync(work, { recursive: true, force: true })
  })

  const ssh = ({ address, port }: Target, { user, password }: Account, command: string) =>
    run('sshpass', [
      '-p',
      password,
      'ssh',
      ...SSH_OPTIONS,
      '-o',
      'PubkeyAuthentication=no',
      '-p',
      String(port),
      `${user}@${address}`,
      command,
    ])
  /** As root, by the way of the account that lets in. */
  const asRoot = ({ login }: Target, script: string) =>
    login.user === 'root' ? script : `echo '${login.password}' | sudo -S bash -c ${JSON.stringify(script)}`
  const byKey = ({ address, port }: Target, user: string, file: string) =>
    run('ssh', [
      ...[
        '-o',
        'PreferredAuthentications=publickey',
        ...SSH_OPTIONS,
        '-o',
        'BatchMode=yes',
        '-o',
        'IdentitiesOnly=yes',
        '-o',
        'IdentityAgent=none',
      ],
      ...['-i', file, '-p', String(port), `${user}@${address}`, 'id -un'],
    ])
  async function makeKey(kind: string, args: readonly string[]): Promise<{ readonly file: string; readonly line: string }> {
    const file = join(work, `${kind}${args.join('')}-${Math.trunc(performance.now())}`)
    await run('ssh-keygen', ['-q', '-t', kind, ...args, '-N', '', '-f', file])
    return { file, line: readFileSync(`${file}.pub`, 'utf8').trim() }
  }

  it('a new account opens with its password, on its decky only', async () => {
    const [first, second] = [fleet.target('ssh', 0), fleet.target('ssh', 1)]
    expect((await ssh(first, X, 'id')).code).toBe(5)
    const made = await ssh(first, first.login, asRoot(first, 'useradd -m -s /bin/bash x; echo x:pw | chpasswd'))
    expect(made.code).toBe(0)
    expect(await ssh(first, X, 'id -un; pwd')).toMatchObject({ code: 0, stdout: 'x\n/home/x\n' })
    expect((await ssh(first, { ...X, password: 'other' }, 'id')).code).toBe(5)
    expect((await ssh(second, X, 'id')).code).toBe(5)
  })

  it("root's new password opens, and so does a uid 0 of another name, by a hash made elsewhere", async () => {
    const target = fleet.target('ssh')
    const hash = '$6$abCD.12/$nNx1ACdeVubs2BBPanIJuumeQptkH8XpKG/FmuZEfsrIhW/NWEs8QYOpnMqbCgRWIDI53o5sDkqW5VRbwK3vQ/'
    await ssh(target, target.login, asRoot(target, 'echo root:Zx9 | chpasswd'))
    expect(await ssh(target, { user: 'root', password: 'Zx9' }, 'id -u')).toMatchObject({ code: 0, stdout: '0\n' })
    await ssh(target, { user: 'root', password: 'Zx9' }, `useradd -o -u 0 -g 0 -M -d /root -s /bin/bash -p '${hash}' sys`)
    expect((await ssh(target, { user: 'sys', password: 'pw' }, 'id')).code).toBe(5)
    const opened = await run('openssl', ['passwd', '-6', '-salt', 'abCD.12/', 'late'])
    await ssh(target, { user: 'root', password: 'Zx9' }, `useradd -o -u 0 -g 0 -M -d /root -s /bin/bash -p '${opened.stdout.trim()}' sys2`)
    await ssh(
      target,
      { user: 'root', password: 'Zx9' },
      `echo 'root:${target.login.user === 'root' ? target.login.password : 'Zx9'}' | chpasswd`,
    )
    expect(await ssh(target, { user: 'sys2', password: 'late' }, 'whoami')).toMatchObject({ code: 0, stdout: 'root\n' })
  })

  it.each(KEYS)('a key (%s %s) in authorized_keys opens, another does not', async (kind, args) => {
    const target = fleet.target('ssh')
    const { user, password } = target.login
    const [mine, other] = [await makeKey(kind, args), await makeKey(kind, args)]
    expect((await byKey(target, user, mine.file)).code).toBe(255)
    await ssh(target, { user, password }, `mkdir -p ~/.ssh; echo '${mine.line}' >> ~/.ssh/authorized_keys`)
    expect(await byKey(target, user, mine.file)).toMatchObject({ code: 0, stdout: `${user}\n` })
    expect((await byKey(target, user, other.file)).code).toBe(255)
  })

  it('each way in is in the log as what it was', async () => {
    const { data } = await fleet.get<{ data: { fields: Record<string, string> }[] }>('/logs?search=event:auth_attempt&limit=200')
    const seen = data.map(({ fields }) => `${fields.principal} ${fields.method} ${fields.outcome}`)
    for (const one of [
      'x password failure',
      'x password success',
      'sys2 password success',
      `${fleet.target('ssh').login.user} publickey success`,
    ])
      expect(seen).toContain(one)
  })

  it('telnet lets the new account in as well', async () => {
    const target = fleet.target('telnet')
    const type = ({ user, password }: Account, line: string) =>
      run('bash', [
        '-c',
        `(sleep 2; for line in "$@"; do printf "%s\\n" "$line"; sleep 1; done; sleep 1) | telnet "$0" ${target.port}`,
        target.address,
        user,
        password,
        line,
        'exit',
      ])
    const { login } = target
    const made = await type(login, asRoot(target, 'useradd -m -s /bin/bash x; echo x:pw | chpasswd'))
    expect(made.stdout).toContain('chpasswd')
    expect((await type(X, 'echo "[$(id -un)]"')).stdout).toContain('[x]')
    expect((await type({ ...X, password: 'other' }, 'echo "[$(id -un)]"')).stdout).not.toContain('[x]')
  })
})
