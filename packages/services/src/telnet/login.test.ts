import { describe, expect, test } from 'vitest'
import { Login } from './login.ts'

function dialogue() {
  const seen = { screen: '', tried: [] as string[], welcomed: '', ahead: '', left: false }
  const login = new Login('web', {
    write: (text) => {
      seen.screen += text
    },
    check: (user, password) => {
      seen.tried.push(`${user.toString('latin1')}:${password.toString('latin1')}`)
      return Promise.resolve(password.toString() === 'toor')
    },
    welcome: (user, ahead) => {
      seen.welcomed = user.toString()
      seen.ahead = ahead.toString()
    },
    leave: () => {
      seen.left = true
    },
    failed: (error) => {
      throw error
    },
  })
  login.start()
  return {
    login,
    seen,
    type: (text: string) => login.input(Buffer.from(text, 'latin1')),
    settled: () => new Promise((resolve) => setImmediate(resolve)),
  }
}

describe('login(1)', () => {
  test('echoes the name, hides the password, lets in', async () => {
    const { seen, type, settled } = dialogue()
    for (const key of 'root\rtoor\r') type(key)
    await settled()
    expect(seen.screen).toBe('web login: root\r\nPassword: \r\n')
    expect(seen).toMatchObject({ welcomed: 'root', ahead: '' })
  })

  test('takes everything at once and hands on what was typed ahead', async () => {
    const { seen, type, settled } = dialogue()
    type('root\rbad\rroot\rtoor\rsh\r')
    await settled()
    expect(seen.tried).toEqual(['root:bad', 'root:toor'])
    expect(seen.ahead).toBe('sh\r')
  })

  test('five wrong tries are the last', async () => {
    const { seen, type, settled } = dialogue()
    type('a\rb\r'.repeat(7))
    await settled()
    expect(seen.tried).toHaveLength(5)
    expect(seen.left).toBe(true)
    expect(seen.screen).toContain('Login incorrect\r\nMaximum number of tries exceeded (5)\r\n')
  })

  test('an empty name asks again; backspace and ^U edit; ^C leaves', async () => {
    const { seen, type } = dialogue()
    type('\rrx\x7foot\x15admin\r')
    expect(seen.screen).toBe(`web login: \r\nweb login: rx\b \boot${'\b \b'.repeat(4)}admin\r\nPassword: `)
    type('\x03')
    expect(seen.left).toBe(true)
  })

  test('bytes that are no text are kept as they are', async () => {
    const { seen, type, settled } = dialogue()
    type('\xff\xfe\r\x80\x01\r')
    await settled()
    expect(seen.tried).toEqual(['\xff\xfe:\x80\x01'])
  })
})
