import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Attacker, Credential, CredentialReuse, Page, Session } from '@decnet/contracts/api'
import { when } from '@decnet/kernel/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { run, SSH_OPTIONS } from './rig/client.ts'
import { type Fleet, startFleet } from './rig/fleet.ts'
import { openStream, type StreamClient } from './rig/stream.ts'

const tools = {
  sshpass: 'sshpass',
  ssh: 'openssh-client',
  curl: 'curl',
  lftp: 'lftp',
  'redis-cli': 'redis-tools',
  mariadb: 'mariadb-client',
  swaks: 'swaks',
  telnet: 'telnet',
}

/** The secret that is tried on ssh and on ftp; awkward on purpose. */
const REUSED = 'Pa"ss]w\\ord 1 ünï'
const percentile = (values: readonly number[], p: number) =>
  values.toSorted((a, b) => a - b)[Math.ceil((values.length * p) / 100) - 1] ?? Number.NaN

when({ tools }).describe('a scripted attack with real clients', () => {
  let fleet: Fleet
  let stream: StreamClient
  const work = mkdtempSync(join(tmpdir(), 'attack-'))
  const payload = randomBytes(70_000)
  const payloadHash = createHash('sha256').update(payload).digest('hex')

  const ssh = (nth: number, password: string, args: readonly string[]) => {
    const { address, port, login } = fleet.target('ssh', nth)
    return run('sshpass', ['-p', password, 'ssh', ...SSH_OPTIONS, '-p', String(port), `${login.user}@${address}`, ...args])
  }

  beforeAll(async () => {
    fleet = await startFleet()
    stream = await openStream(fleet)
    writeFileSync(join(work, 'dropper.bin'), payload)
  })
  afterAll(async () => {
    stream.close()
    await fleet[Symbol.asyncDispose]()
    rmSync(work, { recursive: true, force: true })
  })

  it('ssh: a wrong password is refused and kept byte for byte, the right one runs commands', async () => {
    const { login } = fleet.target('ssh')
    const refused = await ssh(0, REUSED, ['true'])
    expect(refused.code).toBe(5)
    const answer = await ssh(0, login.password, ['uname -a; id'])
    expect(answer.stdout).toMatch(/^Linux \S+ \d+\.\d+\.\d+\S* .*x86_64 GNU\/Linux\nuid=\d+\(/u)
    expect(answer.code).toBe(0)
    await stream.waitFor((record) => record.event_type === 'command' && record.fields.command === 'uname -a; id', 'the command')
  })

  it('scp uploads a file, whose content is kept under its sha256, and sftp lists it', async () => {
    const { address, port, login } = fleet.target('ssh')
    const put = await run('sshpass', [
      '-p',
      login.password,
      'scp',
      ...SSH_OPTIONS,
      '-P',
      String(port),
      join(work, 'dropper.bin'),
      `${login.user}@${address}:/tmp/.x`,
    ])
    expect(put.code).toBe(0)
    const captured = await stream.waitFor((record) => record.event_type === 'file_captured', 'the upload')
    expect(captured.fields).toMatchObject({ sha256: payloadHash, size: String(payload.length) })
    const list = await run('sshpass', ['-p', login.password, 'sftp', ...SSH_OPTIONS, '-P', String(port), `${login.user}@${address}`], {
      input: 'ls -la /tmp\nbye\n',
    })
    expect(list.stdout).toMatch(/^-rw.* 70000 .*\.x$/mu)
    const kept = await fetch(`${fleet.api}/artifacts/${payloadHash}`, { headers: { authorization: `Bearer ${fleet.token}` } })
    expect(
      createHash('sha256')
        .update(Buffer.from(await kept.arrayBuffer()))
        .digest('hex'),
    ).toBe(payloadHash)
  })

  it('an interactive login is recorded and its replay plays', async () => {
    const { address, port, login } = fleet.target('ssh', 1)
    const session = await run(
      'sshpass',
      ['-p', login.password, 'ssh', '-tt', ...SSH_OPTIONS, '-p', String(port), `${login.user}@${address}`],
      { input: 'echo marker-$((40+2))\rexit\r' },
    )
    expect(session.stdout).toContain('marker-42')
    const recorded = await stream.waitFor(
      (record) => record.event_type === 'session_recorded' && record.decky === fleet.target('ssh', 1).decky,
      'the recording',
    )
    await expect.poll(() => fleet.get<Session>(`/sessions/${recorded.session_id}`).then((found) => found.has_replay)).toBe(true)
    const cast = await fetch(`${fleet.api}/sessions/${recorded.session_id}/replay`, { headers: { authorization: `Bearer ${fleet.token}` } })
    const [header, ...frames] = (await cast.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
    expect(header).toMatchObject({ version: 2, width: expect.any(Number), height: expect.any(Number) })
    expect(
      frames
        .filter((frame) => Array.isArray(frame) && frame[1] === 'o')
        .map((frame) => (frame as string[])[2])
        .join(''),
    ).toContain('marker-42')
  })

  it('telnet, http, ftp, smtp, redis and mysql are attacked by their own clients', async () => {
    const telnet = fleet.target('telnet')
    await run('sh', [
      '-c',
      `(sleep 1; echo admin; sleep 1; echo wrong-${'x'.repeat(8)}; sleep 4) | telnet ${telnet.address} ${telnet.port}`,
    ])
    const http = fleet.target('http')
    const page = await run('curl', ['-sS', '-A', 'Mozilla/5.0 zgrab/0.x', `http://${http.address}:${http.port}/`])
    expect(page.stdout).toMatch(/<html/iu)
    const ftp = fleet.target('ftp')
    await run('lftp', [
      '-u',
      `${fleet.target('ssh').login.user},${REUSED}`,
      '-e',
      'set net:max-retries 1; set net:timeout 5; ls; bye',
      `ftp://${ftp.address}:${ftp.port}`,
    ])
    const smtp = fleet.target('smtp')
    await run('swaks', [
      '--server',
      smtp.address,
      '--port',
      String(smtp.port),
      '--to',
      'someone@example.com',
      '--from',
      'a@b.example',
      '--body',
      'hello',
      '--timeout',
      '10',
    ])
    const redis = fleet.target('redis')
    const info = await run('redis-cli', ['-h', redis.address, '-p', String(redis.port), 'INFO', 'server'])
    expect(info.stdout).toMatch(/redis_version:\d/u)
    const mysql = fleet.target('mysql')
    const denied = await run('mariadb', [
      '-h',
      mysql.address,
      '-P',
      String(mysql.port),
      '-u',
      'root',
      '-pnot-it',
      '--skip-ssl',
      '-e',
      'select 1',
    ])
    expect(denied.stderr).toContain('Access denied for user')
    for (const service of ['telnet', 'http', 'ftp', 'smtp', 'redis', 'mysql']) {
      await stream.waitFor((record) => record.service === service && record.event_type === 'disconnect', `the end of a ${service} session`)
    }
  })

  it('there is one attacker for the one address, with every session ended and every credential exact', async () => {
    const attackers = await fleet.get<Page<Attacker>>('/attackers')
    expect(attackers.data.map((row) => row.ip)).toEqual(['127.0.0.1'])
    await expect.poll(async () => (await fleet.get<Page<Session>>('/sessions?open=true')).total, { timeout: 20_000 }).toBe(0)
    const sessions = await fleet.get<Page<Session>>('/sessions?limit=1000')
    for (const session of sessions.data) {
      expect(session.attacker_uuid).toBe(attackers.data[0]?.uuid)
      expect(Date.parse(session.ended_at ?? '')).toBeGreaterThanOrEqual(Date.parse(session.started_at))
    }
    const withCommand = sessions.data.filter((session) => session.service === 'ssh' && session.command_count > 0)
    expect(withCommand.length).toBeGreaterThanOrEqual(2)

    // The profiler comes after the capture, which never waits for it.
    const owners = async () => (await fleet.get<Page<Credential>>('/credentials?limit=1000')).data.map((row) => row.attacker_uuid)
    await expect.poll(async () => new Set(await owners()), { timeout: 10_000 }).toEqual(new Set([attackers.data[0]?.uuid]))
    const credentials = await fleet.get<Page<Credential>>('/credentials?limit=1000')
    const secrets = new Set(credentials.data.map((row) => Buffer.from(row.secret_b64, 'base64').toString('utf8')))
    for (const secret of [REUSED, fleet.target('ssh').login.password, `wrong-${'x'.repeat(8)}`]) expect(secrets).toContain(secret)
    for (const row of credentials.data) {
      expect(row.secret_sha256).toBe(createHash('sha256').update(Buffer.from(row.secret_b64, 'base64')).digest('hex'))
    }
  })

  it('the password used on ssh and ftp is one reuse finding', async () => {
    const found = await fleet.get<Page<CredentialReuse>>('/credential-reuse')
    const mine = found.data.filter((row) => Buffer.from(row.secret_b64, 'base64').toString('utf8') === REUSED)
    expect(mine).toHaveLength(1)
    expect(mine[0]?.services.toSorted()).toEqual(['ftp', 'ssh'])
    expect(mine[0]?.target_count).toBe(2)
    expect(mine[0]?.attacker_ips).toEqual(['127.0.0.1'])
  })

  it('events are on the live stream within 300 ms (p95) of what the client did', async () => {
    const { address, port } = fleet.target('redis')
    const socket = net.connect(port, address)
    await new Promise((resolve) => socket.once('connect', resolve))
    socket.on('data', () => undefined)
    const delays: number[] = []
    for (let n = 0; n < 60; n += 1) {
      const marker = `latency-marker-${n}`
      const acted = Date.now()
      socket.write(`GET ${marker}\r\n`)
      const record = await stream.waitFor(
        (record) => record.event_type === 'command' && String(record.fields.command).includes(marker),
        marker,
      )
      delays.push(record.arrivedAt - acted)
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    socket.destroy()
    expect(percentile(delays, 95)).toBeLessThan(300)
  })

  it('a stream that resumes has neither a gap nor a repeat', async () => {
    const middle = stream.records[Math.floor(stream.records.length / 2)]
    const last = stream.records.at(-1)
    const resumed = await openStream(fleet, { lastEventId: middle?.seq ?? 0 })
    await resumed.waitFor((record) => record.seq === last?.seq, 'the last record')
    resumed.close()
    const wanted = stream.records
      .filter((record) => record.seq > (middle?.seq ?? 0) && record.seq <= (last?.seq ?? 0))
      .map((record) => record.seq)
    expect(resumed.records.map((record) => record.seq).filter((seq) => seq <= (last?.seq ?? 0))).toEqual(wanted)
  })
})
