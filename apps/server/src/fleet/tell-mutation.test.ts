import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeEvent, parse } from '@decnet/kernel/syslog'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { spoolIntake } from '../intake/spool-intake.ts'
import { type Mutation, mutationBody } from './mutation.ts'
import { mutationLine, mutationSpool } from './tell-mutation.ts'

const at = Date.parse('2026-10-01T12:00:00.000Z')
const mutation = (more: Partial<Mutation> = {}): Mutation => ({
  decky: 'web-01',
  old_services: ['http', 'ssh'],
  new_services: ['http', 'ssh', 'ftp'],
  trigger: 'scheduled',
  actor: null,
  at,
  tookMs: 250,
  ...more,
})

describe('the line of a mutation', () => {
  it('M3: is RFC 5424 by the mutator of the decky, and its parameters say what the message on the bus says', () => {
    const told = mutation({ trigger: 'operator', actor: 'ana "the] boss\\', strategy: 'shuffle', reason: 'Why not?\n' })
    const line = mutationLine(told)
    const parsed = parse(Buffer.from(line))
    expect(parsed).toMatchObject({ message: { hostname: 'web-01', appName: 'mutator', msgId: 'decky_mutated' } })
    const decoded = decodeEvent(Buffer.from(line), { source: 'mutator', position: 'x:1' })
    if ('error' in decoded) throw new Error(decoded.error)
    expect(decoded).toMatchObject({ decky: 'web-01', service: 'mutator', type: 'decky_mutated', ts: at, attackerIp: null })
    const { old_services, new_services, ...rest } = mutationBody(told)
    expect(decoded.body).toMatchObject({ ...rest, old_services: old_services.join(), new_services: new_services.join() })
    expect(line).toContain('[relay@55555 ')
  })

  it('M4: of a creation the old services are empty, of a retirement the new ones; every trigger has its own word', () => {
    for (const trigger of ['creation', 'retirement', 'scheduled', 'operator', 'behavioral', 'healer', 'federation'] as const)
      expect(mutationLine(mutation({ trigger }))).toContain(` trigger="${trigger}"`)
    expect(mutationLine(mutation({ trigger: 'creation', old_services: [] }))).toContain(' old_services="" new_services="http,ssh,ftp"')
    expect(mutationLine(mutation({ trigger: 'retirement', new_services: [] }))).toContain(' old_services="http,ssh" new_services=""')
  })

  it('has an id that follows from the mutation: written twice it is one event', () => {
    expect(mutationLine(mutation())).toBe(mutationLine(mutation()))
    expect(mutationLine(mutation())).not.toBe(mutationLine(mutation({ at: at + 1 })))
  })
})

describe('where the lines are written', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lines-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const read = async (directory: string) => {
    await using intake = spoolIntake({ directory })
    return (await intake.read(null, 100)).lines.map(({ line }) => line.toString())
  }

  it('an intake reads them in the order of the mutations, also after a restart', async () => {
    const directory = join(folder, 'mutator', 'spool')
    const all = [mutation(), mutation({ at: at + 1 }), mutation({ at: at + 2 })]
    for (const one of all) {
      await using spool = mutationSpool(directory)
      await Promise.all([spool.tell([one]), spool.tell([])])
    }
    expect(await read(directory)).toEqual(all.map(mutationLine))
    expect(readdirSync(directory)).toHaveLength(3)
  })

  it('M3: an unwritable folder is said, and is no obstacle once it can be written again', async () => {
    const directory = join(folder, 'in-the-way', 'spool')
    writeFileSync(join(folder, 'in-the-way'), 'a file')
    await using spool = mutationSpool(directory)
    await expect(spool.tell([mutation()])).rejects.toThrow(/ENOTDIR|EEXIST/u)
    rmSync(join(folder, 'in-the-way'))
    await spool.tell([mutation({ at: at + 1 })])
    expect(await read(directory)).toEqual([mutationLine(mutation({ at: at + 1 }))])
  })

  it('a file that grew large is followed by another', async () => {
    await using spool = mutationSpool(folder)
    const large = mutation({ reason: 'x'.repeat(600_000) })
    for (let n = 0; n < 3; n += 1) await spool.tell([{ ...large, at: at + n }])
    const files = readdirSync(folder)
    expect(files).toHaveLength(2)
    expect(files.reduce((sum, file) => sum + readFileSync(join(folder, file)).length, 0)).toBeGreaterThan(1_800_000)
  })
})
