import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Cast, CastEvent } from '../cast.ts'
import { randomFrom } from '../statistics/random.ts'
import { replaySession } from './replay-session.ts'

const available = ['script', 'bash', 'stty'].every((program) => spawnSync('which', [program]).status === 0)
let folder = ''
let child: ChildProcess | null = null
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'behaviour-'))
})
afterEach(async () => {
  if (child !== null && child.exitCode === null && child.signalCode === null) {
    const gone = new Promise((resolve) => child?.once('close', resolve))
    child.kill('SIGKILL')
    await gone
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

/** A program that says nothing for so long waits for more; a busy machine takes a while to answer a key. */
const SILENT_MS = 800
/** Waits for a program to end. */
const PAUSE = '\0'

/** Types into a real bash on a pseudo-terminal, each chunk when the one before is answered; gives the recording and what bash remembers. */
async function converse(chunks: readonly string[], brackets = true): Promise<{ readonly cast: Cast; readonly history: readonly string[] }> {
  const rc = `PS1='root@web-01:\\w# '\nHISTFILE=${folder}/history\nHISTSIZE=5000\nHISTCONTROL=\nunset PROMPT_COMMAND\nbind 'set enable-bracketed-paste ${brackets ? 'on' : 'off'}'\n`
  const command = `stty cols 80 rows 24; printf '%s' "$RC" > ${folder}/rc; exec bash --noprofile --rcfile ${folder}/rc -i`
  const bash = spawn('script', ['-qfec', command, '/dev/null'], {
    cwd: folder,
    env: { PATH: process.env.PATH, TERM: 'xterm', HOME: folder, LANG: 'C.UTF-8', INPUTRC: '/dev/null', RC: rc },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  child = bash
  const started = Date.now()
  const events: CastEvent[] = []
  let last = Date.now()
  let size = 0
  let shown = ''
  bash.stdout.setEncoding('utf8')
  bash.stdout.on('data', (data: string) => {
    last = Date.now()
    size += data.length
    shown += data
    events.push({ at: last - started, kind: 'o', data })
  })
  const closed = new Promise((resolve) => bash.once('close', resolve))
  const prompts = () => shown.split(/root@web-01:[^#]*# /u).length - 1
  /** Until keys are answered, or after each Enter the next prompt is there; a program that says nothing is given a while. */
  const answered = async (before: number, until: number | null): Promise<void> => {
    for (let quiet = 0; quiet < SILENT_MS; quiet = Date.now() - last) {
      const done = until === null ? quiet >= 4 : shown.endsWith('# ') && prompts() >= until
      if (size > before && done) return
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }
  const began = Date.now()
  while (!shown.endsWith('# ') && Date.now() - began < 10_000) await new Promise((resolve) => setTimeout(resolve, 5))
  for (const chunk of [...chunks, 'exit\r']) {
    if (chunk === PAUSE) {
      while (!shown.endsWith('# ') || Date.now() - last < 300) await new Promise((resolve) => setTimeout(resolve, 5))
      continue
    }
    const before = size
    const there = prompts()
    last = Date.now()
    events.push({ at: Date.now() - started, kind: 'i', data: chunk })
    bash.stdin.write(chunk)
    await answered(before, chunk.endsWith('\r') ? there + chunk.split('\r').length - 1 : null)
  }
  bash.stdin.end()
  await closed
  const history = readFileSync(join(folder, 'history'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd())
  return { cast: { columns: 80, rows: 24, startedAt: 0, title: null, term: 'xterm', events, skipped: 0, truncated: false }, history }
}
const linesOf = (cast: Cast): string[] => replaySession(cast).commands.map(({ text }) => text.trimEnd())
const keys = (text: string): string[] => text.match(/[!-~]{1,3}|[^!-~]/gu) ?? []

describe.skipIf(!available)('beside a real bash', () => {
  it.each([true, false])(
    'reads what bash ran: editing, recall, search, completion, expansion, type-ahead, hidden answers (brackets %s)',
    async (brackets) => {
      const { cast, history } = await converse(
        [
          ...keys('echo helo\x7f\x7flo there\r'),
          ...keys('cd /tmp\x15ls /etc/hostn\t\r'),
          '\x1b[A',
          '\x1b[A',
          '\r',
          ...keys('cat alpha beta\x17gamma\x01X\x04\x05 end\x0b\x19\r'),
          '\x12',
          ...keys('helo'),
          ...keys('\x7f\x7f'),
          '\r',
          ...keys('echo !!\r'),
          ...keys('ls !$\r'),
          'uname -a\r',
          'echo one\recho two\recho three\r',
          ...keys('read -sp "Password: " secret\r'),
          'hunter2\r',
          ...keys('cat > file\r'),
          'not a command\r',
          '\x04',
          ...keys('echo abandoned\x03'),
          ...keys('true "print(1)"\r'),
          ...keys("echo 'it''s' \\\\\r"),
          ...keys('sleep 1.2\r'),
          'echo ahead\r',
          PAUSE,
          ...keys('echo a_b-c d\x1bb\x1bb\x1bd\x1bf\x1b\x7f\r'),
          ...keys('ecoh\x14\x02\x02\x02\x06\x06\x05 x\r'),
          ...keys(`echo ${'long '.repeat(30)}\x01\x06\x06\x06\x06\x06very \r`),
          '\x1b[A',
          ...keys('\x17\x17tail\r'),
        ],
        brackets,
      )
      expect(linesOf(cast)).toEqual(history)
    },
  )

  it('reads a pasted block as one line when bash asks for brackets', async () => {
    const { cast, history } = await converse(['\x1b[200~echo pasted\techo\x1b[201~', '\r', 'pwd\r'])
    expect(linesOf(cast)).toEqual(history)
  })

  it('reads the very lines of random edits', async () => {
    const random = randomFrom(7)
    const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item
    const edits = [
      '\x01',
      '\x05',
      '\x02',
      '\x06',
      '\x7f',
      '\x04',
      '\x17',
      '\x0b',
      '\x19',
      '\x14',
      '\x1bb',
      '\x1bf',
      '\x1bd',
      '\x1b\x7f',
      '\x1b[D',
      '\x1b[C',
      '\x1b[3~',
    ]
    const words = ['echo', 'ls', '-la', '/tmp/a_b', 'x=1', 'färbe', 'two words', '--all']
    const chunks = Array.from({ length: 60 }, () => {
      let line = ': '
      for (let i = 0; i < 14; i++) line += random() < 0.45 ? `${pick(words)} ` : pick(edits)
      // A line of which nothing is left would be the end of the input.
      return [`: ${line.replaceAll('\x04', '\x1b[3~')}`, '\r']
    }).flat()
    const { cast, history } = await converse(chunks)
    expect(linesOf(cast)).toEqual(history)
  })
})
