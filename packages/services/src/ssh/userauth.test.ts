import { describe, expect, test } from 'vitest'
import { type Attempt, fingerprintOf, UserAuth } from './userauth.ts'
import { MSG, WireReader, WireWriter } from './wire.ts'

function auth(options: { password?: boolean; keyboardInteractive?: boolean; maxTries?: number } = {}) {
  const sent: string[] = []
  const attempts: Attempt[] = []
  let user: string | null = null
  const layer = new UserAuth(
    {
      password: options.password ?? true,
      keyboardInteractive: options.keyboardInteractive ?? true,
      maxTries: options.maxTries ?? 6,
      allows: (name, password) => name.toString() === 'root' && password.toString() === 'toor',
      allowsKey: (name, algorithm, key) => name.toString() === 'root' && algorithm === 'ssh-ed25519' && key.toString() === 'known',
      signed: (_, key, data, signature) => signature.equals(Buffer.concat([key, Buffer.of(data.length)])),
      isHostKey: (key) => key.toString() === 'ours',
      report: (attempt) => void attempts.push(attempt),
      pause: () => Promise.resolve(),
    },
    {
      send(payload) {
        const reader = new WireReader(payload)
        const type = reader.byte()
        if (type === MSG.USERAUTH_FAILURE) sent.push(`failure ${reader.ascii()}`)
        else if (type === MSG.USERAUTH_INFO_REQUEST) {
          if (reader.ascii() !== '') {
            sent.push('fine')
            return
          }
          for (let skipped = 0; skipped < 2; skipped++) reader.string()
          sent.push(`ask ${reader.uint32()}`)
        }
      },
      succeed: () => void sent.push('success'),
      disconnect: (reason, text) => void sent.push(`disconnect ${reason} ${text}`),
      failed: (error) => void sent.push(`failed ${error}`),
    },
    (name) => {
      user = name.toString()
    },
  )
  return { layer, sent, attempts, user: () => user, settled: () => new Promise((resolve) => setImmediate(resolve)) }
}
const request = (method: string, rest: (writer: WireWriter) => WireWriter = (writer) => writer, user: string | Buffer = 'root') =>
  rest(new WireWriter(MSG.USERAUTH_REQUEST).string(user).string('ssh-connection').string(method)).done()
const password = (secret: string | Buffer, user: string | Buffer = 'root') =>
  request('password', (writer) => writer.boolean(false).string(secret), user)
const answer = (...secrets: string[]) => {
  const writer = new WireWriter(MSG.USERAUTH_INFO_RESPONSE).uint32(secrets.length)
  for (const secret of secrets) writer.string(secret)
  return writer.done()
}

describe('user authentication', () => {
  test('`none` lists the methods and costs no try', async () => {
    const { layer, sent, settled } = auth({ maxTries: 1 })
    layer.message(request('none'))
    await settled()
    expect(sent).toEqual(['failure publickey,password,keyboard-interactive'])
  })

  test('the right password lets in, its exact bytes are reported', async () => {
    const { layer, sent, attempts, user, settled } = auth()
    layer.message(password(Buffer.from([0xff, 0, 0x80])))
    layer.message(password('toor'))
    await settled()
    expect(sent).toEqual(['failure publickey,password,keyboard-interactive', 'success'])
    expect(attempts.map(({ secret, success }) => [secret.toString('hex'), success])).toEqual([
      ['ff0080', false],
      [Buffer.from('toor').toString('hex'), true],
    ])
    expect(user()).toBe('root')
  })

  test('requests sent ahead are answered in order, and none after the success', async () => {
    const { layer, sent, settled } = auth()
    for (const secret of ['a', 'b', 'toor', 'c']) layer.message(password(secret))
    await settled()
    expect(sent.map((line) => line.split(' ')[0])).toEqual(['failure', 'failure', 'success'])
  })

  test('keyboard-interactive asks once, then PAM confirms with an empty question', async () => {
    const { layer, sent, attempts, settled } = auth()
    layer.message(request('keyboard-interactive', (writer) => writer.string('').string('')))
    await settled()
    layer.message(answer('toor'))
    await settled()
    expect(sent).toEqual(['ask 1', 'ask 0'])
    layer.message(answer())
    await settled()
    expect(sent.at(-1)).toBe('success')
    expect(attempts).toMatchObject([{ method: 'keyboard-interactive', success: true }])
  })

  test('an answer that nobody asked for is ignored, one of the wrong size fails', async () => {
    const { layer, sent, attempts, settled } = auth()
    layer.message(answer('toor'))
    layer.message(request('keyboard-interactive', (writer) => writer.string('').string('')))
    layer.message(answer('toor', 'again'))
    await settled()
    expect(sent).toEqual(['ask 1', 'failure publickey,password,keyboard-interactive'])
    expect(attempts).toEqual([])
  })

  test('a key is recorded with its fingerprint and refused', async () => {
    const { layer, sent, attempts, settled } = auth({ keyboardInteractive: false })
    const blob = Buffer.from('AAAAC3NzaC1lZDI1NTE5AAAAIGPKSUTyz1HwHReFVvD5obVsALAgJRNarH4TRpNePnAS', 'base64')
    layer.message(request('publickey', (writer) => writer.boolean(false).string('ssh-ed25519').string(blob)))
    await settled()
    expect(sent).toEqual(['failure publickey,password'])
    expect(attempts).toMatchObject([
      { method: 'publickey', keyAlgorithm: 'ssh-ed25519', keyFingerprint: fingerprintOf(blob), secret: blob },
    ])
    expect(fingerprintOf(blob)).toMatch(/^SHA256:[\w+/]{43}$/u)
  })

  test('the last failed try ends it in the words of sshd', async () => {
    const { layer, sent, settled } = auth({ maxTries: 3 })
    for (const secret of ['a', 'b', 'c', 'toor']) layer.message(password(secret))
    await settled()
    expect(sent.slice(2)).toEqual(['disconnect 2 Too many authentication failures'])
  })

  test('another user on the same connection is not allowed', async () => {
    const { layer, sent, settled } = auth()
    layer.message(password('a'))
    layer.message(password('a', 'admin'))
    await settled()
    expect(sent.at(-1)).toBe('disconnect 2 Change of username or service not allowed')
  })

  test('a method that is switched off, or unknown, fails and records nothing', async () => {
    const { layer, sent, attempts, settled } = auth({ password: false })
    layer.message(password('toor'))
    layer.message(request('gssapi-with-mic'))
    await settled()
    expect(sent).toEqual(Array(2).fill('failure publickey,keyboard-interactive'))
    expect(attempts).toEqual([])
  })

  const key = (blob: string, signature?: (data: Buffer) => Buffer, host?: string) => {
    const asked = request(host === undefined ? 'publickey' : 'publickey-hostbound-v00@openssh.com', (writer) => {
      writer
        .boolean(signature !== undefined)
        .string('ssh-ed25519')
        .string(blob)
      return host === undefined ? writer : writer.string(host)
    })
    return signature ? Buffer.concat([asked, new WireWriter().string(signature(asked)).done()]) : asked
  }
  const good = (data: Buffer) => Buffer.concat([Buffer.from('known'), Buffer.of(data.length)])

  test('a key that is authorised is asked to sign, and lets in; one attempt is reported', async () => {
    const { layer, sent, attempts, user, settled } = auth()
    layer.message(key('known'))
    layer.message(key('known', good))
    await settled()
    expect(sent).toEqual(['fine', 'success'])
    expect(user()).toBe('root')
    expect(attempts.map(({ method, success }) => [method, success])).toEqual([['publickey', true]])
  })

  test.each([
    ['another key', key('other', good)],
    ['a signature of something else', key('known', () => Buffer.from('known?'))],
    ['a host-bound request for another host', key('known', good, 'theirs')],
  ])('%s does not', async (_, message) => {
    const { layer, sent, attempts, settled } = auth()
    layer.message(message)
    await settled()
    expect(sent).toEqual(['failure publickey,password,keyboard-interactive'])
    expect(attempts.map(({ success }) => success)).toEqual([false])
  })

  test('OpenSSH binds its signature to the host', async () => {
    const { layer, sent, settled } = auth()
    layer.message(key('known', good, 'ours'))
    await settled()
    expect(sent).toEqual(['success'])
  })

  test('a key that was only asked about is reported', async () => {
    const { layer, attempts, settled } = auth()
    layer.message(key('known'))
    await settled()
    layer.stop()
    expect(attempts.map(({ secret, success }) => [secret.toString(), success])).toEqual([['known', false]])
  })

  test('a cut message ends the connection', async () => {
    const { layer, sent, settled } = auth()
    layer.message(password('secret').subarray(0, 20))
    await settled()
    expect(sent).toEqual(['disconnect 2 Malformed packet'])
  })
})
