import { describe, expect, it } from 'vitest'
import { runCommand, testMachine } from './test-shell.ts'

describe('startShell', () => {
  it('runs a command and tells the observer of it once, as given', async () => {
    const ran = await runCommand('uname -s; id -u | cat && false')
    expect(ran).toMatchObject({ out: 'Linux\n0\n', err: '', status: 1, commands: ['uname -s; id -u | cat && false'] })
  })
  it('answers an unknown command in the words of bash', async () => {
    expect(await runCommand('nosuch')).toMatchObject({ err: 'bash: line 1: nosuch: command not found\n', status: 127 })
  })
  it('keeps what one shell wrote for the next on the same machine', async () => {
    const machine = testMachine()
    await runCommand('echo kept > /tmp/x', { machine })
    expect((await runCommand('cat /tmp/x', { machine })).out).toBe('kept\n')
  })
  it('leaves no trace of ssh in the environment of a telnet login', async () => {
    expect((await runCommand('env')).out).toContain('SSH_CLIENT=203.0.113.9 40022 22\n')
    expect((await runCommand('env', { via: 'telnet' })).out).not.toContain('SSH')
  })
  it('tells the observer of a file that redirection made', async () => {
    const ran = await runCommand('cat > /tmp/up', { stdin: Buffer.from([0, 255, 10, 13]) })
    expect(ran.files.get('/tmp/up')).toEqual(Buffer.from([0, 255, 10, 13]))
  })
})
