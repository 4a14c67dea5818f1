import { spawnSync } from 'node:child_process'
import { when } from '@decnet/kernel/testing'
import { describe, expect, it } from 'vitest'
import { runCommand, testMachine } from './test-shell.ts'

const latin = (text: string): Buffer => Buffer.from(text, 'latin1')
const COMMANDS: Readonly<Record<string, string>> = {
  'a name of bytes that are no text': '\xff\xfe',
  'a name with a control character': 'a\x01\x1bb',
  'a name of text': '\xc3\xa9t\xc3\xa9',
  'a name of text and bytes': '\xc3\xa9\xffz',
  'a path': '/\xff\xfe',
  'what is echoed': 'echo \xff\xfe "\xe9" \xc3\xa9',
  'what is changed into': 'cd \xff',
  'what is no command of dash': 'dash -c "\xff\xfe"',
  'what goes through pipes': 'printf "%s\\n" \xfe\xff \xff | head -n 1 | cat',
}
const ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' }

describe('bytes that are no text', () => {
  when({ tools: { bash: 'bash' } }).describe('come back as from bash', () => {
    for (const [what, command] of Object.entries(COMMANDS))
      it(what, async () => {
        // Node cannot give a program such arguments: bash makes them of octal digits.
        const octal = [...latin(command)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
        const real = spawnSync('/bin/bash', ['--norc', '-c', `exec -a bash /bin/bash --norc -c "$(printf '${octal}')"`], {
          env: ENVIRONMENT,
          input: '',
        })
        const mine = await runCommand(latin(command), { env: ENVIRONMENT })
        expect(mine.raw.toString('latin1')).toBe(Buffer.concat([real.stdout, real.stderr]).toString('latin1'))
        expect(mine.heard[0]).toEqual(latin(command))
      })
  })
  it('are the same in a script on standard input', async () => {
    const { raw, heard } = await runCommand('sh', { stdin: latin('\xfe\xff\necho \xff\n') })
    expect(raw).toEqual(latin('\xff\nsh: 1: \xfe\xff: not found\n'))
    expect(heard.slice(1)).toEqual([latin('\xfe\xff'), latin('echo \xff')])
  })
  it('name a file of their own', async () => {
    const machine = testMachine()
    await runCommand(latin('cd /tmp; echo a > \xff; echo b > \xc3\xbf; echo c > \xe9'), { machine })
    const { raw } = await runCommand(latin('cd /tmp; cat \xff \xc3\xbf \xe9; echo [\xc3-\xff]*'), { machine })
    expect(raw).toEqual(latin('a\nb\nc\n\xc3\xbf \xe9 \xff\n'))
  })
})
