import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { when } from '@decnet/kernel/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hostBusSocket } from './host-bus.ts'

describe('the bus of a host', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'run-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('stands in its folder, whether somebody serves it or not; without the folder there is none', () => {
    expect(hostBusSocket(folder)).toBe(join(folder, 'bus.sock'))
    expect(hostBusSocket(join(folder, 'none'))).toBeNull()
    writeFileSync(join(folder, 'file'), '')
    expect(hostBusSocket(join(folder, 'file'))).toBeNull()
  })

  when({ root: true }).test(
    'is for owner and group, also where they cannot write in the folder, and for whoever may use the socket',
    () => {
      const run = join(folder, 'run')
      mkdirSync(run)
      chmodSync(folder, 0o755)
      const [OWNER, GROUP, STRANGER] = [4_001, 4_002, 4_003]
      chownSync(run, OWNER, GROUP)
      const asked = (uid: number, gid: number): string | null => {
        const source = `
          const { hostBusSocket } = await import(${JSON.stringify(new URL('./host-bus.ts', import.meta.url).href)})
          process.setgroups([])
          process.setgid(${gid})
          process.setuid(${uid})
          process.stdout.write(JSON.stringify(hostBusSocket(${JSON.stringify(run)})))`
        return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8' })) as string | null
      }
      const socket = join(run, 'bus.sock')
      for (const mode of [0o755, 0o550]) {
        chmodSync(run, mode)
        expect([asked(OWNER, STRANGER), asked(STRANGER, GROUP), asked(STRANGER, STRANGER), asked(0, 0)]).toEqual([
          socket,
          socket,
          null,
          socket,
        ])
      }
      chmodSync(run, 0o755)
      writeFileSync(socket, '')
      chmodSync(socket, 0o666)
      expect(asked(STRANGER, STRANGER)).toBe(socket)
      chmodSync(socket, 0o660)
      expect(asked(STRANGER, STRANGER)).toBeNull()
    },
  )
})
