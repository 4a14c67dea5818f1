import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FileError } from '../port.ts'
import { testMachine } from '../test-shell.ts'
import { directory, file, place } from './base.ts'
import { Disk } from './disk.ts'

const ROOT = { uid: 0, gid: 0, groups: [0] }
const USER = { uid: 1000, gid: 1000, groups: [1000] }
const disk = (): Disk => {
  const base = directory(0)
  place(base, '/etc/passwd', file(0, 'root\n'))
  place(base, '/etc/shadow', file(0, 'secret\n', { mode: 0o640, gid: 42 }))
  place(base, '/tmp', directory(0, { mode: 0o1777 }))
  return new Disk([base], () => 1000)
}
const code = (body: () => unknown): string => {
  try {
    body()
    return 'ok'
  } catch (error) {
    if (error instanceof FileError) return error.code
    throw error
  }
}

describe('the disk', () => {
  it('shows the base until it is written to, and never changes it', () => {
    const [one, two] = [disk(), disk()]
    one.write('/etc/passwd', Buffer.from('mine\n'), ROOT)
    expect(one.read('/etc/passwd', ROOT).toString()).toBe('mine\n')
    expect(two.read('/etc/passwd', ROOT).toString()).toBe('root\n')
    one.remove('/etc/passwd', ROOT)
    expect(one.list('/etc', ROOT)).toEqual(['shadow'])
  })
  it('refuses as the kernel would', () => {
    const d = disk()
    expect(code(() => d.read('/etc/shadow', USER))).toBe('EACCES')
    expect(code(() => d.write('/etc/new', Buffer.from(''), USER))).toBe('EACCES')
    expect(code(() => d.read('/nosuch', USER))).toBe('ENOENT')
    expect(code(() => d.read('/etc/passwd/x', USER))).toBe('ENOTDIR')
    expect(code(() => d.read('/etc', USER))).toBe('EISDIR')
    expect(code(() => d.rmdir('/etc', ROOT))).toBe('ENOTEMPTY')
    expect(code(() => d.mkdir('/etc', ROOT))).toBe('EEXIST')
    d.symlink('loop', '/tmp/loop', USER)
    expect(code(() => d.read('/tmp/loop', USER))).toBe('ELOOP')
    expect(code(() => d.write(`/tmp/${'a'.repeat(256)}`, Buffer.from(''), USER))).toBe('ENAMETOOLONG')
  })
  it('lets nobody remove the files of others from a sticky directory', () => {
    const d = disk()
    d.write('/tmp/root', Buffer.from('x'), ROOT)
    expect(code(() => d.remove('/tmp/root', USER))).toBe('EPERM')
    expect(code(() => d.rename('/tmp/root', '/tmp/other', USER))).toBe('EPERM')
  })
  it('keeps content and quota through any sequence of writes', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            name: fc.constantFrom('a', 'b'),
            data: fc.uint8Array({ maxLength: 200 }),
            append: fc.boolean(),
            remove: fc.boolean(),
          }),
        ),
        (steps) => {
          const d = disk()
          const model = new Map<string, Buffer>()
          for (const { name, data, append, remove } of steps) {
            const path = `/tmp/${name}`
            if (remove && model.delete(name)) d.remove(path, ROOT)
            else {
              d.write(path, data, ROOT, { append })
              model.set(name, append ? Buffer.concat([model.get(name) ?? Buffer.alloc(0), data]) : Buffer.from(data))
            }
          }
          for (const [name, data] of model) expect(d.read(`/tmp/${name}`, ROOT)).toEqual(data)
          expect(d.usage.bytes).toBe([...model.values()].reduce((sum, data) => sum + data.length, 0))
          expect(d.usage.nodes).toBe(model.size)
        },
      ),
      { numRuns: 200 },
    )
  })
  it('never throws anything but a refusal', () => {
    const d = testMachine().fs
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('stat', 'list', 'read', 'readlink', 'realpath', 'remove', 'rmdir'), (path, call) => {
        code(() => d[call](path, USER))
        code(() => d[call](`/${path}`, USER))
      }),
    )
  })
  it('agrees with itself about the persona', () => {
    const { fs, persona } = testMachine()
    expect(fs.read('/etc/hostname', USER).toString()).toBe(`${persona.hostname}\n`)
    for (const user of persona.users) expect(fs.read('/etc/passwd', USER).toString()).toContain(`${user.name}:x:${user.uid}:`)
    expect(fs.read('/proc/version', USER).toString()).toContain(persona.os.kernel)
    expect(fs.realpath('/bin/sh', USER)).toBe('/usr/bin/dash')
    expect(fs.readlink('/proc/1/exe', ROOT)).toBe('/usr/lib/systemd/systemd')
  })
})
