import { describe, expect, it } from 'vitest'
import type { Machine } from '../../machine.ts'
import { startShell } from '../../start-shell.ts'
import { runCommand, testMachine } from '../../test-shell.ts'

const ROOT = { uid: 0, gid: 0, groups: [0] }

/** A person at a terminal: types, and waits until something is seen. */
async function sit(
  machine: Machine,
  steps: readonly (readonly [keys: string, seen: string | RegExp])[],
): Promise<{ readonly shown: string; readonly files: ReadonlyMap<string, string>; readonly commands: readonly string[] }> {
  const user = machine.userNamed('root')
  if (user === undefined) throw new Error('no root')
  let fresh = ''
  let shown = ''
  let wake = (): void => undefined
  const files = new Map<string, string>()
  const commands: string[] = []
  const shell = startShell({
    host: machine,
    user,
    peer: { address: '203.0.113.9', port: 40022 },
    local: { address: machine.persona.ip, port: 22 },
    tty: { columns: 80, rows: 24, term: 'xterm' },
    observer: {
      command: (line) => commands.push(Buffer.from(line).toString()),
      download: () => undefined,
      connect: () => undefined,
      file: (path, content) => files.set(path, Buffer.from(content).toString()),
    },
    now: machine.now,
    random: () => 0.5,
    stdout: (data) => {
      fresh += Buffer.from(data).toString()
      wake()
    },
    stderr: () => undefined,
  })
  const until = async (wanted: string | RegExp): Promise<void> => {
    const end = Date.now() + 3000
    const seen = (): boolean => (typeof wanted === 'string' ? fresh.includes(wanted) : wanted.test(fresh))
    while (!seen() && Date.now() < end)
      await new Promise<void>((resolve) => {
        wake = resolve
        setTimeout(resolve, 50)
      })
    expect(seen(), `${JSON.stringify(String(wanted))} in ${JSON.stringify(fresh)}`).toBe(true)
    shown += fresh
    fresh = ''
  }
  await until(/[#$] $/)
  for (const [keys, seen] of [["PS1='$ '; cd /tmp\r", '\x1b[?2004h$ '] as const, ...steps]) {
    shell.input(Buffer.from(keys))
    await until(seen)
  }
  shell.hangup()
  await shell.done
  return { shown, files, commands }
}
const PROMPT = /\x1b\[\?2004h\$ $/
const machineWith = (text: string): Machine => {
  const machine = testMachine()
  machine.fs.write('/tmp/f', Buffer.from(text), ROOT)
  return machine
}
const lines = Array.from({ length: 100 }, (_, i) => `line ${i + 1}\n`).join('')

describe('programs that take the whole screen', () => {
  it('nano enters the alternate screen, edits, asks before it leaves, and saves', async () => {
    const { files } = await sit(machineWith('one\ntwo\n'), [
      ['nano f\r', /\x1b\[\?1049h[\s\S]*GNU nano \d\.\d[\s\S]*\[ Read 2 lines \]/],
      ['ab\x03', '[ line 1/2 (50%), col 3/6 (50%), char 2/10 (20%) ]'],
      ['\x18', 'Save modified buffer?'],
      ['y', 'File Name to Write: f'],
      ['\r', '\x1b[?1049l'],
      ['', PROMPT],
    ])
    expect(files.get('/tmp/f')).toBe('abone\ntwo\n')
  })
  it('nano leaves at once when nothing was changed, and throws away when told to', async () => {
    const { files } = await sit(machineWith(''), [
      ['nano\r', 'Welcome to nano'],
      ['\x18', PROMPT],
      ['nano new\r', '[ New File ]'],
      ['x\x18', 'Save modified buffer?'],
      ['n', PROMPT],
    ])
    expect(files.size).toBe(0)
  })
  it('vi inserts, writes and quits; a shell from inside is heard of', async () => {
    const { files, commands } = await sit(machineWith('one\n'), [
      ['vi f\r', /\x1b\[\?1049h[\s\S]*"f" 1L, 4B/],
      ['ixy\x1b', '1,2'],
      [':q\r', 'E37: No write since last change (add ! to override)'],
      [':!id -u\r', 'Press ENTER'],
      ['\r', 'xyone'],
      [':wq\r', /"f" 1L, 6B written[\s\S]*\x1b\[\?1049l/],
      ['', PROMPT],
      ['vi\r', 'VIM - Vi IMproved'],
      [':q\r', PROMPT],
    ])
    expect(files.get('/tmp/f')).toBe('xyone\n')
    expect(commands).toContain(':!id -u')
  })
  it('less pages forward and to the end, and shows the last page of a pipe', async () => {
    await sit(machineWith(lines), [
      ['less f\r', /\x1b\[\?1049h\x1b\[22;0;0t\x1b\[\?1h\x1b=\rline 1\r\n[\s\S]*line 23\r\n\x1b\[7mf\x1b\[27m\x1b\[K$/],
      [' ', /\r\x1b\[Kline 24\r\n[\s\S]*line 46\r\n:\x1b\[K$/],
      ['G', /line 100\r\n\x1b\[7m\(END\)\x1b\[27m\x1b\[K$/],
      ['q', /\r\x1b\[K\x1b\[\?1l\x1b>\x1b\[\?1049l\x1b\[23;0;0t[\s\S]*\$ $/],
      ['cat f | less\r', /line 23\r\n:\x1b\[K$/],
      ['q', PROMPT],
    ])
  })
  it('more stops at each page', async () => {
    await sit(machineWith(lines), [
      ['more f\r', /line 23\r\n\x1b\[7m--More--\(\d\d%\)\x1b\[27m$/],
      [' ', /\rline 24\x1b\[K\r\nline 25[\s\S]*--More--/],
      ['q', PROMPT],
    ])
  })
  it('top shows the machine until q or ^C', async () => {
    await sit(machineWith(''), [
      ['top\r', /\x1b\[\?1h\x1b=\x1b\[\?25l\x1b\[H\x1b\[2J[\s\S]*top - [\s\S]*PID USER/],
      ['q', PROMPT],
      ['top -d 0.1\r', /top - [\s\S]*top - /],
      ['\x03', PROMPT],
    ])
  })
  it('say what the real ones say without a terminal', async () => {
    const machine = machineWith('x\n')
    expect(await runCommand('less /tmp/f; more /tmp/f', { machine })).toMatchObject({ out: 'x\nx\n', status: 0 })
    expect((await runCommand('top', { machine })).err).toBe('top: failed tty get\n')
    expect((await runCommand('top -bn1 | head -n 1', { machine })).out).toMatch(/^top - \d\d:\d\d:\d\d up /)
    expect((await runCommand('nano /tmp/f', { machine })).status).toBe(1)
    expect((await runCommand('vi /tmp/f', { machine })).err).toContain('Vim: Warning: Input is not from a terminal\n')
  })
})
