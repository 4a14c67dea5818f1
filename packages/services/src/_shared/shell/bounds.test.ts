import { describe, expect, it } from 'vitest'
import { QUOTA } from './filesystem/disk.ts'
import { runCommand, testMachine } from './test-shell.ts'

/** Runs a script, hangs up after a while, and says for how long the process was held at the longest. */
async function held(
  script: string,
  hangupAfter = 400,
): Promise<{ readonly longest: number; readonly out: string; readonly status: number }> {
  let longest = 0
  let last = performance.now()
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
  }, 1)
  const ran = await runCommand(script, { hangupAfter })
  clearInterval(timer)
  longest = Math.max(longest, performance.now() - last)
  return { longest, out: ran.out, status: ran.status }
}

describe('what an attacker cannot do to the process', () => {
  it.each([
    ['an endless loop', 'while :; do :; done'],
    ['a fork bomb', ':(){ :|:& };:'],
    ['an endless device', 'cat /dev/zero > /dev/null'],
    ['an endless writer', 'yes > /dev/null'],
    ['endless recursion through a subshell', 'f() { (f); }; f'],
    ['a loop in arithmetic', 'for ((;;)); do :; done'],
    ['a loop in awk', "awk 'BEGIN { while (1) x++ }'"],
    ['a loop in sed', "echo a | sed ':a;s/a/a/;ba'"],
    ['a hostile expression', `echo ${'a'.repeat(60)} | grep -E '(a+)+(a+)+(a+)+b'`],
  ])('%s does not hold it', async (_, script) => {
    const { longest } = await held(script)
    expect(longest).toBeLessThan(1000)
  })
  it('ends a reader of an endless writer', async () => {
    expect((await runCommand('yes | head -n 2')).out).toBe('y\ny\n')
    expect((await runCommand('cat /dev/urandom | head -c 10 | wc -c')).out).toBe('10\n')
    expect((await runCommand('cat /dev/zero | head -c 3 | od -An -tx1')).out).toBe(' 00 00 00\n')
  })
  it('stops endless recursion in the words of bash and lives on', async () => {
    const ran = await runCommand('f() { f; }; f')
    expect(ran.err).toContain('maximum function nesting level exceeded')
  })
  it('survives nesting and length', async () => {
    await runCommand(`echo ${'$('.repeat(5000)}`)
    await runCommand(`echo ${'('.repeat(5000)}`)
    await runCommand(`echo $((${'('.repeat(20_000)}`)
    expect((await runCommand(`echo ${'a'.repeat(1_000_000)} | wc -c`)).out).toBe('1000001\n')
    expect((await runCommand(`echo ${'{a,b}'.repeat(30)} | wc -c`)).status).toBe(0)
  })
  it('fills the disk to its quota and no further', async () => {
    const machine = testMachine()
    const ran = await runCommand('dd if=/dev/zero of=/tmp/big bs=1M count=100 2>&1; ls /tmp | wc -l', { machine })
    expect(ran.out).toContain("dd: error writing '/tmp/big': No space left on device")
    expect(machine.fs.usage.bytes).toBeLessThanOrEqual(QUOTA.bytes)
    await runCommand('rm /tmp/big', { machine })
    expect(machine.fs.usage).toMatchObject({ bytes: 0, nodes: 0 })
  })
  it('makes as many files as its quota and no more', async () => {
    const machine = testMachine()
    const ran = await runCommand('mkdir /tmp/d; cd /tmp/d; touch {1..10001}', { machine })
    expect(machine.fs.usage.nodes).toBe(QUOTA.nodes)
    expect(ran.err).toContain('No space left on device')
  })
  it('twenty machines cost little each', () => {
    const before = process.memoryUsage().heapUsed
    const machines = Array.from({ length: 20 }, (_, i) => testMachine({ seed: `s${i}` }))
    for (const machine of machines) machine.fs.list('/etc', { uid: 0, gid: 0, groups: [] })
    const each = (process.memoryUsage().heapUsed - before) / machines.length
    expect(machines.length).toBe(20)
    expect(each).toBeLessThan(1_500_000)
  })
})
