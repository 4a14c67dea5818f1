import { describe, expect, it } from 'vitest'
import { startShell } from '../start-shell.ts'
import { testMachine } from '../test-shell.ts'

type Talk = readonly (readonly [typed: string, shown: string])[]

/** Types each line and waits until exactly what bash shows has come. */
async function talk(
  lines: Talk,
  options: { readonly user?: string } = {},
): Promise<{ readonly status: number; readonly commands: readonly string[] }> {
  const machine = testMachine()
  const user = machine.userNamed(options.user ?? 'root')
  if (user === undefined) throw new Error('no such user')
  let shown = ''
  let wake = (): void => undefined
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
      file: () => undefined,
    },
    now: machine.now,
    random: () => 0.5,
    stdout: (data) => {
      shown += Buffer.from(data).toString()
      wake()
    },
    stderr: () => undefined,
  })
  const until = async (wanted: () => boolean): Promise<void> => {
    const end = Date.now() + 3000
    while (!wanted() && Date.now() < end) {
      await new Promise<void>((resolve) => {
        wake = resolve
        setTimeout(resolve, 50)
      })
    }
  }
  await until(() => /[#$] $/.test(shown))
  shell.input(Buffer.from("PS1='$ '; cd /tmp\r"))
  await until(() => shown.endsWith('\x1b[?2004h$ '))
  for (const [typed, wanted] of lines) {
    shown = ''
    shell.input(Buffer.from(typed))
    await until(() => shown.length >= wanted.length)
    expect({ typed, shown }).toEqual({ typed, shown: wanted })
  }
  shell.hangup()
  const { status } = await shell.done
  return { status, commands }
}

const ON = '\x1b[?2004h'
const OFF = '\x1b[?2004l\r'

/** What bash 5.2.15 on Debian 12 shows on a pseudo-terminal with TERM=xterm, recorded. */
describe('a person at the terminal sees what bash shows', () => {
  it('for commands, typed input, ^D and ^C', async () => {
    await talk([
      ['echo hi\r', `echo hi\r\n${OFF}hi\r\n${ON}$ `],
      ['\x03', `^C${OFF}${ON}${OFF}\r\n${ON}$ `],
      ['cat\r', `cat\r\n${OFF}`],
      ['xy\r', 'xy\r\nxy\r\n'],
      ['\x04', `${ON}$ `],
      ['sleep 5\r', `sleep 5\r\n${OFF}`],
      ['\x03', `^C\r\n${ON}$ `],
      ['echo "a\r', `echo "a\r\n${OFF}${ON}> `],
      ['b"\r', `b"\r\n${OFF}a\r\nb\r\n${ON}$ `],
      ['foo (\r', `foo (\r\n${OFF}-bash: syntax error near unexpected token \`newline'\r\n${ON}$ `],
    ])
  })
  it('for editing, completion and history', async () => {
    await talk([
      ['abc\x1b[D\x1b[DX', 'abc\b\b\x1b[1@X'],
      ['\x15', '\b\b\x1b[2P'],
      ['\x0b', '\x1b[K'],
      ['ls /et\t', 'ls /etc/'],
      ['\x17', '\b\b\b\b\b\x1b[K'],
      ['\x15', '\b\b\b\x1b[K'],
      ['\x1b[A', "PS1='$ '; cd /tmp\x1b[K"],
    ])
  })
  it('for read, and for passwords that are not echoed', async () => {
    await talk([
      ['read -p "n: " x; echo "<$x>"\r', `read -p "n: " x; echo "<$x>"\r\n${OFF}n: `],
      ['val\x7fue\r', `val\b \bue\r\n<vaue>\r\n${ON}$ `],
      ['passwd\r', `passwd\r\n${OFF}New password: `],
      ['secret1\r', '\r\nRetype new password: '],
      ['secret1\r', `\r\npasswd: password updated successfully\r\n${ON}$ `],
    ])
  })
  it('for what was typed ahead, and for UTF-8', async () => {
    const { commands } = await talk([
      ['echo é\x7fo\r', `echo é\b\x1b[Ko\r\n${OFF}o\r\n${ON}$ `],
      ['echo 1\recho 2\r', `echo 1\r\n${OFF}1\r\n${ON}$ echo 2\r\n${OFF}2\r\n${ON}$ `],
      ['exit\r', `exit\r\n${OFF}logout\r\n`],
    ])
    expect(commands.slice(1)).toEqual(['echo o', 'echo 1', 'echo 2', 'exit'])
  })
  it('for ^D at the prompt', async () => {
    await talk([['\x04', `${OFF}\r\nlogout\r\n`]])
  })
  it('gives a whole here-document to the observer as one line of text', async () => {
    const { commands } = await talk([
      ['cat > x << E\r', `cat > x << E\r\n${OFF}${ON}> `],
      ['l1\r', `l1\r\n${OFF}${ON}> `],
      ['E\r', `E\r\n${OFF}${ON}$ `],
    ])
    expect(commands.at(-1)).toBe('cat > x << E\nl1\nE')
  })
})
