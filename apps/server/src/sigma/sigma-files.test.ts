import { execFileSync } from 'node:child_process'
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { documentText, findDocuments } from './find-documents.ts'
import { rulesFolder } from './write-rules.ts'

const folder = mkdtempSync(join(tmpdir(), 'sigma-files-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (...names: string[]) => join(folder, ...names)

describe('looking for documents', () => {
  it('waits for no pipe or device and names each that is none', async () => {
    mkdirSync(at('in', 'deep.yml'), { recursive: true })
    writeFileSync(at('in', 'deep.yml', 'good.yml'), 'title: x')
    execFileSync('mkfifo', [at('in', 'pipe.yml'), at('named')])
    symlinkSync('/dev/zero', at('in', 'zeros.yml'))
    const found = await findDocuments([at('in'), at('named'), '/dev/zero'])
    const read = await Promise.all(found.map(async (each) => [each.path.replace(folder, ''), await documentText(each)]))
    expect(read).toEqual([
      ['/in/deep.yml/good.yml', { text: 'title: x' }],
      ['/in/pipe.yml', { unreadable: 'is no file.' }],
      ['/in/zeros.yml', { unreadable: 'is a link: those in folders are not followed.' }],
      ['/named', { unreadable: 'is no file.' }],
      ['/dev/zero', { unreadable: 'is no file.' }],
    ])
  })

  it.each([
    ['none', 'There is no '],
    ['circle', 'is a link that leads in a circle.'],
    ['file/below', 'a part of that path is a file.'],
    ['x'.repeat(300), 'that name is too long.'],
  ])('says of %s in words why there is nothing', async (name, said) => {
    if (name === 'circle') symlinkSync('circle', at('circle'))
    writeFileSync(at('file'), '')
    const error = await findDocuments([at(name)]).catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'unreadable_rules', message: expect.stringContaining(said), hint: expect.any(String) })
    expect(String(error)).not.toMatch(/E[A-Z]{4,}/u)
  })
})

describe('writing rules', () => {
  it('replaces pipes, folders of nobody and what was begun, and waits for none', async () => {
    const out = at('out')
    mkdirSync(out)
    execFileSync('mkfifo', [join(out, 'S1-a.yaml'), join(out, '.S1-a.yaml.part')])
    const keep = await rulesFolder(out)
    expect(await keep('S1', 'S1-a.yaml', 'a')).toEqual({ path: join(out, 'S1-a.yaml'), written: 'changed' })
    expect([lstatSync(join(out, 'S1-a.yaml')).isFile(), readFileSync(join(out, 'S1-a.yaml'), 'utf8')]).toEqual([true, 'a'])
    expect(await keep('S1', 'S1-a.yaml', 'a')).toMatchObject({ written: 'unchanged' })
  })

  it('says in words where no folder is and none can be made, and what stands in the way', async () => {
    execFileSync('mkfifo', [at('out-pipe')])
    writeFileSync(at('out-file'), '')
    symlinkSync('out-circle', at('out-circle'))
    for (const place of [at('out-pipe'), at('out-file'), at('out-file', 'below'), '/proc/below', at('out-circle'), at('out-circle', 'x')]) {
      const error = await rulesFolder(place).catch((error: unknown) => error)
      expect(error).toMatchObject({
        code: 'unwritable_rules',
        message: expect.stringMatching(/ is (?:no folder, and none can be made there|a link that leads in a circle)\.$/u),
        hint: 'Name a folder that you may write, with --out.',
      })
    }
    const keep = await rulesFolder(at('blocked'))
    mkdirSync(at('blocked', 'S1-a.yaml'))
    await expect(keep('S1', 'S1-a.yaml', 'a')).rejects.toThrow(/holds a folder where a rule is to be written\.$/u)
  })
})
