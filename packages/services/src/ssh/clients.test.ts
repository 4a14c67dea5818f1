import { execFile, spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { events } from '@decnet/contracts/events'
import { ofType, type ServiceHarness, startService } from '@decnet/kernel/service/conformance'
import { when } from '@decnet/kernel/testing'
import { makePersona } from '@decnet/persona'
import { afterAll, beforeAll, expect, test } from 'vitest'
import ssh from './service.ts'

/** One whose root has a password. */
const persona = Array.from({ length: 50 }, (_, index) =>
  makePersona({
    name: 'files-01',
    seed: `ssh-clients-${index}`,
    archetype: 'file-server',
    ip: '127.0.0.1',
    createdAt: Date.now(),
    services: [{ name: 'ssh', port: 22, config: {} }],
  }),
).find((candidate) => candidate.users.some((user) => user.uid === 0 && user.password !== null))
if (!persona) throw new Error('no persona with a password for root')
const password = persona.users.find((user) => user.uid === 0)?.password ?? ''
const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex')

let harness: ServiceHarness
let folder: string
beforeAll(async () => {
  harness = await startService(ssh, { persona, config: { fail_delay_ms: 20 } })
  folder = await mkdtemp(join(tmpdir(), 'ssh-clients-'))
})
afterAll(async () => {
  await harness.close()
  await rm(folder, { recursive: true, force: true })
})

const OPTIONS = ['-F', 'none', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'StrictHostKeyChecking=no', '-o', 'LogLevel=INFO']
const NO_KEYS = ['-o', 'PubkeyAuthentication=no', '-o', 'IdentityAgent=none']

interface Ran {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}
function run(program: string, args: readonly string[], input: string | Buffer = '', secret = password): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      'sshpass',
      ['-e', program, ...OPTIONS, ...NO_KEYS, ...args],
      { env: { ...process.env, SSHPASS: secret }, timeout: 15_000, encoding: 'latin1' },
      (error, stdout, stderr) => resolve({ status: error ? Number(error.code ?? 255) : 0, stdout, stderr }),
    )
    child.stdin?.end(input)
  })
}
/** Node cannot give a program arguments that are no text: bash makes them. `"$@"` is ssh with its options. */
function inBash(script: string, args: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(
      'bash',
      ['-c', script, 'bash', 'sshpass', '-e', 'ssh', '-n', ...OPTIONS, ...NO_KEYS, ...args],
      { env: { ...process.env, SSHPASS: password }, timeout: 15_000, encoding: 'latin1' },
      (error, stdout, stderr) => resolve({ status: error ? Number(error.code ?? 255) : 0, stdout, stderr }),
    )
  })
}
const target = 'root@127.0.0.1'
const remote = (...args: string[]) => run('ssh', ['-p', String(harness.port), ...args.slice(0, -1), target, args.at(-1) ?? ''])

when({ tools: { ssh: 'openssh-client', sshpass: 'sshpass' } }).describe('OpenSSH as a client', () => {
  test('runs a command and gets its output and exit status', async () => {
    const { status, stdout } = await remote('uname -a; id; exit 7')
    expect(status).toBe(7)
    expect(stdout).toContain(`Linux ${persona.hostname} ${persona.os.kernel} ${persona.os.kernelBuild}`)
    expect(stdout).toContain('uid=0(root) gid=0(root) groups=0(root)\n')
    const command = await harness.waitFor(ofType(events.command, { command: 'uname -a; id; exit 7' }))
    expect(command.fields).toMatchObject({ user: 'root', cwd: '/root', mode: 'exec' })
  })

  test('carries bytes that are no text there and back, into the log, into the recording', async () => {
    const line = 'echo \\377\\351; \\377\\376; echo x > /tmp/\\351'
    const { stdout, stderr } = await inBash(`"$@" "$(printf '${line.replaceAll('\\\\', '\\')}')"`, ['-p', String(harness.port), target])
    expect(stdout).toBe('\xff\xe9\n')
    expect(stderr).toContain("bash: line 1: $'\\377\\376': command not found\n")
    const typed = Buffer.from('echo \xff\xe9; \xff\xfe; echo x > /tmp/\xe9', 'latin1')
    const { fields } = await harness.waitFor(ofType(events.command, { command_b64: typed.toString('base64') }))
    await harness.waitFor(ofType(events.fileCaptured, { path_b64: Buffer.from('/tmp/\xe9', 'latin1').toString('base64') }))
    await harness.waitFor((event) => event.type === 'session_recorded' && event.fields.session_id === fields.session_id)
    expect(harness.recordings.get(fields.session_id ?? '')).toContain('\\udcff\\udce9\\r\\n')
  })

  test('keeps output and errors apart without a terminal', async () => {
    const { stdout, stderr, status } = await remote('echo out; ls /nowhere')
    expect([stdout, status]).toEqual(['out\n', 2])
    expect(stderr).toMatch(/cannot access '\/nowhere'/u)
  })

  test('gives a command its standard input; the file it writes is captured', async () => {
    const content = 'one\ntwo\n'
    await run('ssh', ['-p', String(harness.port), target, 'cat > /tmp/from-stdin'], content)
    const captured = await harness.waitFor(ofType(events.fileCaptured, { path: '/tmp/from-stdin' }))
    expect(captured.fields).toMatchObject({ via: 'shell', sha256: sha256(Buffer.from(content)) })
    expect((await remote('cat /tmp/from-stdin')).stdout).toBe(content)
  })

  test('an interactive shell prompts, answers, and its recording holds both sides', async () => {
    const { stdout, status } = await run('ssh', ['-tt', '-p', String(harness.port), target], 'echo $((40 + 2))\nexit 3\n')
    expect(status).toBe(3)
    expect(stdout).toMatch(/42\r\n/u)
    const command = await harness.waitFor(ofType(events.command, { mode: 'interactive', command: 'echo $((40 + 2))' }))
    const id = command.fields.session_id ?? ''
    await harness.waitFor((event) => event.type === 'session_recorded' && event.fields.session_id === id)
    const cast = harness.recordings.get(id) ?? ''
    expect(cast).toMatch(/,"i","/u)
    expect(cast).toMatch(/,"o",".*42/u)
  })

  test.each([
    ['over SFTP', [], 'sftp'],
    ['by the old protocol', ['-O'], 'scp'],
  ])('scp %s takes a file up and the same bytes down', async (_, flags, via) => {
    const content = randomBytes(700_000)
    const local = join(folder, `up-${via}`)
    await writeFile(local, content)
    const port = ['-P', String(harness.port)]
    expect(await run('scp', [...flags, ...port, local, `${target}:/tmp/`])).toMatchObject({ status: 0 })
    const captured = await harness.waitFor(ofType(events.fileCaptured, { path: `/tmp/up-${via}` }))
    expect(captured.fields).toMatchObject({ via, size: '700000', sha256: sha256(content) })
    expect(await run('scp', [...flags, ...port, `${target}:/tmp/up-${via}`, `${local}.back`])).toMatchObject({ status: 0 })
    expect(sha256(await readFile(`${local}.back`))).toBe(sha256(content))
  })

  test('scp copies a tree with its times, both ways', async () => {
    const tree = join(folder, 'tree')
    await mkdir(join(tree, 'sub'), { recursive: true })
    await writeFile(join(tree, 'sub', 'b'), 'B', { mode: 0o640 })
    await utimes(join(tree, 'sub', 'b'), 1_600_000_000, 1_600_000_000)
    const args = ['-O', '-rp', '-P', String(harness.port)]
    expect(await run('scp', [...args, tree, `${target}:/tmp`])).toMatchObject({ status: 0 })
    expect(await run('scp', [...args, `${target}:/tmp/tree`, join(folder, 'back')])).toMatchObject({ status: 0 })
    const back = await stat(join(folder, 'back', 'sub', 'b'))
    expect([back.mtimeMs, back.mode & 0o777]).toEqual([1_600_000_000_000, 0o640])
  })

  test('sftp lists, renames, removes, and says what is not there', async () => {
    const batch =
      'pwd\nmkdir /tmp/box\nput /etc/hostname /tmp/box/one\nrename /tmp/box/one /tmp/box/two\nls -l /tmp/box\n-rm /tmp/box/none\nrm /tmp/box/two\nrmdir /tmp/box\nls /etc/passwd\n'
    const { stdout, stderr, status } = await run('sftp', ['-P', String(harness.port), target], batch)
    expect(status).toBe(0)
    expect(stdout).toContain('Remote working directory: /root')
    expect(stdout).toMatch(/^-r\S+ +[?1] root +root +\d+ \w{3} +\d+ \d\d:\d\d (?:\/tmp\/box\/)?two/mu)
    expect(stdout).toContain('/etc/passwd')
    expect(stderr).toMatch(/\/tmp\/box\/none: No such file or directory/u)
  })

  test('compression and new keys in the middle of a transfer change nothing', async () => {
    const content = randomBytes(1_500_000)
    const local = join(folder, 'rekeyed')
    await writeFile(local, content)
    const flags = ['-C', '-o', 'RekeyLimit=200K', '-P', String(harness.port)]
    expect(await run('scp', [...flags, local, `${target}:/tmp/rekeyed`])).toMatchObject({ status: 0 })
    const captured = await harness.waitFor(ofType(events.fileCaptured, { path: '/tmp/rekeyed' }))
    expect(captured.fields.sha256).toBe(sha256(content))
  })

  test('forwards are refused in the words of sshd', async () => {
    const { stderr } = await run('ssh', ['-W', '10.1.2.3:445', '-p', String(harness.port), target])
    expect(stderr).toContain('open failed: administratively prohibited: open failed')
    await harness.waitFor(ofType(events.forwardAttempt, { kind: 'direct-tcpip', target: '10.1.2.3:445' }))
  })

  test('a wrong password, also one that is no text, is kept byte for byte', async () => {
    const file = join(folder, 'secret')
    await writeFile(file, Buffer.from([0xc3, 0x28, 0xff, 0x41, 0x0a]))
    const one = ['-o', 'NumberOfPasswordPrompts=1', '-o', 'PreferredAuthentications=password']
    const args = ['-f', file, 'ssh', ...OPTIONS, ...NO_KEYS, ...one, '-p', String(harness.port), target, 'true']
    const status = await new Promise((resolve) => execFile('sshpass', args, { timeout: 15_000 }, (error) => resolve(error?.code)))
    expect([5, 255]).toContain(status)
    const attempt = await harness.waitFor((event) => event.fields.secret_b64 === Buffer.from([0xc3, 0x28, 0xff, 0x41]).toString('base64'))
    expect(attempt.fields).toMatchObject({ principal: 'root', outcome: 'failure', method: 'password' })
  })

  test('keyboard-interactive lets in and is recorded', async () => {
    const { stdout } = await remote('-o', 'PreferredAuthentications=keyboard-interactive', 'echo in')
    expect(stdout).toBe('in\n')
    await harness.waitFor(ofType(events.authAttempt, { method: 'keyboard-interactive', outcome: 'success' }))
  })

  test('a public key is recorded with the fingerprint that ssh-keygen prints, and refused', async () => {
    const key = join(folder, 'key')
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key])
    const printed = spawnSync('ssh-keygen', ['-lf', key], { encoding: 'utf8' }).stdout.split(' ')[1]
    const args = [...OPTIONS, '-i', key, '-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes', '-p', String(harness.port), target, 'true']
    const stderr = await new Promise<string>((resolve) => execFile('ssh', args, { timeout: 15_000 }, (_, __, text) => resolve(text)))
    expect(stderr).toContain('Permission denied (publickey,password,keyboard-interactive).')
    const attempt = await harness.waitFor(ofType(events.authAttempt, { method: 'publickey' }))
    expect(attempt.fields).toMatchObject({
      secret_kind: 'publickey',
      key_fingerprint: printed,
      key_algorithm: 'ssh-ed25519',
      outcome: 'failure',
    })
  })

  test.each(['aes128-ctr', 'aes128-gcm@openssh.com', 'chacha20-poly1305@openssh.com'])(
    'a command of 100 kB is run, and its length told: %s',
    async (cipher) => {
      const script = `"$@" "echo ${cipher.slice(0, 9)}; : $(printf '%0100000d' 0); echo over"`
      const { status, stdout } = await inBash(script, ['-c', cipher, '-p', String(harness.port), target])
      expect([status, stdout]).toEqual([0, `${cipher.slice(0, 9)}\nover\n`])
      await harness.waitFor((event) => event.type === 'command' && Number(event.fields.command_truncated) > 100_000)
    },
  )

  test('the other host keys are announced and proven', async () => {
    const known = join(folder, 'known')
    const args = ['-o', `UserKnownHostsFile=${known}`, '-o', 'StrictHostKeyChecking=accept-new', '-o', 'UpdateHostKeys=yes']
    const all = ['-e', 'ssh', '-F', 'none', ...args, ...NO_KEYS, '-p', String(harness.port), target, 'cat']
    const kinds = async () => new Set((await readFile(known, 'utf8').catch(() => '')).split('\n').map((line) => line.split(' ')[1]))
    const connect = (enough: number) =>
      new Promise((resolve) => {
        const child = execFile('sshpass', all, { env: { ...process.env, SSHPASS: password }, timeout: 15_000 }, resolve)
        const poll = setInterval(async () => {
          if ((await kinds()).size >= enough) child.stdin?.end()
        }, 50)
        child.on('exit', () => clearInterval(poll))
      })
    // The client asks for proof of the others once it knows the host.
    await connect(2)
    await connect(4)
    expect(await kinds()).toEqual(new Set([undefined, 'ssh-ed25519', 'ssh-rsa', 'ecdsa-sha2-nistp256']))
  })

  test.each(['rsa-sha2-512', 'ecdsa-sha2-nistp256', 'ssh-ed25519'])('each host key works: %s', async (algorithm) => {
    expect((await remote('-o', `HostKeyAlgorithms=${algorithm}`, 'echo ok')).stdout).toBe('ok\n')
  })

  test('one that shares no MAC is refused, and has its HASSH all the same', async () => {
    const { status, stderr } = await remote('-c', 'aes192-ctr', '-o', 'MACs=umac-128@openssh.com', 'id')
    expect(status).toBe(255)
    expect(stderr).toContain('no matching MAC found. Their offer: hmac-sha2-256-etm@openssh.com,')
    const hello = await harness.waitFor((event) => /;aes192-ctr;umac-128@openssh\.com;/u.test(event.fields.hassh_algorithms ?? ''))
    const { hassh, hassh_algorithms, session_id } = hello.fields
    expect(hassh).toBe(
      createHash('md5')
        .update(hassh_algorithms ?? '')
        .digest('hex'),
    )
    await harness.waitFor((event) => event.type === 'disconnect' && event.fields.session_id === session_id)
    expect(harness.ofType('client_hello').filter((event) => event.fields.session_id === session_id)).toHaveLength(1)
  })

  test('a password that somebody sets lets in from then on, and the old one no more', async () => {
    await remote(`echo 'root:n3w-secret' | chpasswd`)
    expect((await remote('id')).status, 'the old one').toBe(5)
    const { port } = harness
    const renewed = await new Promise<string>((resolve) => {
      execFile(
        'sshpass',
        ['-e', 'ssh', ...OPTIONS, ...NO_KEYS, '-p', String(port), target, 'id -un'],
        { env: { ...process.env, SSHPASS: 'n3w-secret' }, timeout: 15_000 },
        (_error, stdout) => resolve(stdout),
      )
    })
    expect(renewed).toBe('root\n')
  })
})

when({ tools: { nmap: 'nmap' } }).describe('nmap', () => {
  test('names OpenSSH, its version and the distribution', { timeout: 60_000 }, async () => {
    const output = await new Promise<string>((resolve) =>
      execFile('nmap', ['-sV', '-Pn', '-p', String(harness.port), '127.0.0.1'], { timeout: 50_000 }, (_, stdout) => resolve(stdout)),
    )
    const { version, revision } = persona.packages.openssh
    expect(output).toMatch(/open +ssh +OpenSSH/u)
    expect(output).toContain(version)
    expect(output.toLowerCase()).toContain(persona.os.id)
    expect(revision.length).toBeGreaterThan(0)
  })
})
