import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Conversion, convert } from './convert.ts'
import { cowrieReader } from './cowrie.ts'
import { findInputs } from './inputs.ts'
import { newJournal, readJournal } from './journal.ts'
import { rfc5424Reader } from './rfc5424.ts'

let work: string
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'convert-'))
})
afterEach(() => rm(work, { recursive: true, force: true }))

const line = (index: number, fields: Record<string, unknown> = {}): string =>
  JSON.stringify({
    eventid: index % 4 === 0 ? 'cowrie.session.connect' : index % 4 === 3 ? 'cowrie.session.closed' : 'cowrie.login.failed',
    session: `s${Math.floor(index / 4)}`,
    protocol: index % 4 === 0 ? 'telnet' : undefined,
    username: 'root',
    password: `p${index}`,
    src_ip: '198.51.100.7',
    sensor: 'svr04',
    timestamp: new Date(Date.UTC(2026, 0, 5) + index * 1000).toISOString(),
    ...fields,
  })
const log = (from: number, count: number, fields = {}): string =>
  Array.from({ length: count }, (_, index) => `${line(from + index, fields)}\n`).join('')

async function plan(name: string, paths: readonly string[], more: Partial<Conversion> = {}): Promise<Conversion> {
  const folder = join(work, name)
  await mkdir(folder, { recursive: true })
  const { inputs } = await findInputs(paths, (head) => head[0] === 123)
  const journal = readJournal(folder) ?? newJournal(Date.UTC(2026, 1, 1), 0)
  return {
    format: 'cowrie',
    make: cowrieReader,
    inputs,
    folder,
    aside: join(work, `${name}.aside`),
    evidence: () => null,
    journal,
    ...more,
  }
}
async function spool(name: string): Promise<string[]> {
  const files = (await readdir(join(work, name))).filter((file) => file.endsWith('.log')).sort()
  const texts = await Promise.all(files.map((file) => readFile(join(work, name, file), 'utf8')))
  return texts.join('').trimEnd().split('\n')
}
const events = async (name: string) => (await spool(name)).filter((line) => !line.includes(' import import - tick '))

describe('a conversion', () => {
  it('reads files of a folder in the order of their times, packed ones too, and says which it did not read', async () => {
    const logs = join(work, 'logs')
    await mkdir(logs)
    await writeFile(join(logs, 'cowrie.json'), log(40, 20))
    await writeFile(join(logs, 'cowrie.json.2026-01-05'), log(20, 20))
    await writeFile(join(logs, 'cowrie.json.2026-01-04.gz'), gzipSync(log(0, 20)))
    await writeFile(join(logs, 'cowrie.log'), 'text\n')
    const { inputs, others } = await findInputs([logs], (head) => head[0] === 123)
    expect(inputs.map(({ path }) => path.split('/').at(-1))).toEqual(['cowrie.json.2026-01-04.gz', 'cowrie.json.2026-01-05', 'cowrie.json'])
    expect(others).toEqual([join(logs, 'cowrie.log')])
    const { totals } = await convert(await plan('one', [logs]))
    expect(totals).toMatchObject({
      files: 3,
      lines: 60,
      events: 60,
      unknown: 0,
      by_type: { connect: 15, auth_attempt: 30, disconnect: 15 },
    })
    const times = (await events('one')).map((line) => line.split(' ')[1] ?? '')
    expect(times).toEqual(times.toSorted())
  })

  it('writes the same lines when it was killed anywhere and begun again', async () => {
    const file = join(work, 'cowrie.json')
    const long = { message: 'x'.repeat(1_500) }
    await writeFile(file, log(0, 4_000, long))
    const packed = join(work, 'more.json.gz')
    await writeFile(packed, gzipSync(`${log(4_000, 4_000, long)}not JSON\n`))
    const straight = await convert(await plan('straight', [file, packed], { checkpointBytes: 300_000 }))
    let killed = 0
    for (let after = 1; ; after++) {
      let steps = 0
      const progress = () => {
        if (++steps === after) throw new Error('killed')
      }
      try {
        const { totals } = await convert(await plan('killed', [file, packed], { checkpointBytes: 300_000, progress }))
        expect(totals).toEqual(straight.totals)
        break
      } catch (error) {
        if (!(error instanceof Error) || error.message !== 'killed') throw error
        killed++
      }
    }
    expect(killed).toBeGreaterThan(2)
    expect(await spool('killed')).toEqual(await spool('straight'))
    expect(readJournal(join(work, 'killed'))?.end).toBe(readJournal(join(work, 'straight'))?.end)
    expect(await readFile(join(work, 'killed.aside'), 'utf8')).toBe('not JSON\n')
  })

  it('gives the same line the same id wherever it stands, and different lines different ones', async () => {
    const [one, other] = [join(work, 'a.json'), join(work, 'b.json')]
    await writeFile(one, log(0, 8))
    await writeFile(other, `${log(4, 4)}${log(0, 4)}`)
    await convert(await plan('one', [one]))
    await convert(await plan('other', [other]))
    const ids = async (name: string) => (await events(name)).map((line) => /event_id="([^"]+)"/.exec(line)?.[1]).sort()
    expect(await ids('one')).toEqual(await ids('other'))
    expect(new Set(await ids('one')).size).toBe(8)
  })

  it.each([
    ['cowrie', cowrieReader, log(0, 8)],
    ['rfc5424', rfc5424Reader, [1, 2].map((n) => `<134>1 2026-01-05T10:00:0${n}Z gw sshd - - - from 192.0.2.4\n`).join('')],
  ])('gives a line of %s the same id whatever its line break, and behind a byte order mark', async (format, make, text) => {
    const endings = [text, text.replaceAll('\n', '\r\n'), text.replaceAll('\n', '\r\n\r\n').replace('\r', ''), `\ufeff${text}`]
    const seen: unknown[] = []
    for (const [index, ending] of endings.entries()) {
      await writeFile(join(work, `${index}.log`), ending)
      const { totals } = await convert(await plan(`as-${index}`, [join(work, `${index}.log`)], { format, make }))
      seen.push([totals, await events(`as-${index}`)])
    }
    for (const one of seen) expect(one).toEqual(seen[0])
  })

  it.each([
    ['that nobody has written for a minute', 'old.log', false, 61_000, 2],
    ['that is packed', 'old.log.gz', true, 0, 2],
    ['that was written just now', 'new.log', false, 5_000, 1],
  ])('takes the last line of RFC 5424 without a line break of a file %s or not', async (_what, name, packed, age, taken) => {
    const file = join(work, name)
    const text = ['one', 'two'].map((said) => `<134>1 2026-01-05T10:00:00Z gw sshd - - - ${said} from 192.0.2.4`).join('\n')
    await writeFile(file, packed ? gzipSync(text) : text)
    const { mtimeMs } = await stat(file)
    const { inputs } = await findInputs([file], () => true, mtimeMs + age)
    const { totals } = await convert(await plan('rest', [], { inputs, make: rfc5424Reader, format: 'rfc5424' }))
    expect(totals).toMatchObject({ lines: 2, events: taken, unknown: 2 - taken })
  })

  it('keeps it aside in a file that grew after it was looked at', async () => {
    const file = join(work, 'grown.log')
    const said = (word: string) => `<134>1 2026-01-05T10:00:00Z gw sshd - - - ${word} from 192.0.2.4`
    await writeFile(file, `${said('one')}\n`)
    const { inputs } = await findInputs([file], () => true, Date.now() + 120_000)
    await appendFile(file, said('two'))
    const { totals } = await convert(await plan('grown', [], { inputs, make: rfc5424Reader, format: 'rfc5424' }))
    expect(totals).toMatchObject({ events: 1, unknown: 1 })
  })

  it('keeps aside a line of RFC 5424 whose end may be missing, and takes it once it is whole', async () => {
    const first = '<134>1 2026-01-05T10:00:00Z gw sshd - - - from 192.0.2.4\n'
    const file = join(work, 'auth.log')
    await writeFile(file, `${first}${first.trimEnd().replace('192.0.2.4', '192.0.2.45')}`)
    const about = { format: 'rfc5424', make: rfc5424Reader }
    const { totals } = await convert(await plan('cut', [file], about))
    expect(totals).toMatchObject({ lines: 2, events: 1, unknown: 1, reasons: { 'no line break: its end may be missing': 1 } })
    await appendFile(file, '6\n')
    expect((await convert(await plan('whole', [file], about))).totals).toMatchObject({ lines: 2, events: 2, unknown: 0 })
    expect(await events('whole')).toEqual([...(await events('cut')), expect.stringContaining('192.0.2.456')])
  })

  it('ends what a log that has grown adds, even where it adds nothing later', async () => {
    const file = join(work, 'cowrie.json')
    await writeFile(file, log(0, 6))
    await convert(await plan('one', [file]))
    await writeFile(file, `${log(0, 6)}${line(4, { session: 'other' })}\n`)
    await convert(await plan('grown', [file]))
    const last = async (name: string) => (await spool(name)).at(-1)
    expect(await last('grown')).toContain(' import import - tick ')
    expect(await last('grown')).not.toBe(await last('one'))
  })

  it('keeps aside what it does not understand, byte for byte, and lines that are too long for any reader', async () => {
    const file = join(work, 'cowrie.json')
    const strange = Buffer.from([0, 255, 123, 13])
    const long = Buffer.alloc(40 * 1024 * 1024, 'y')
    const cut = line(9).slice(0, 50)
    await writeFile(file, Buffer.concat([Buffer.from(log(0, 1)), strange, Buffer.from('\n\n'), long, Buffer.from(`\n${log(1, 1)}${cut}`)]))
    const { totals } = await convert(await plan('one', [file]))
    expect(totals).toMatchObject({ lines: 5, events: 2, unknown: 3, reasons: { 'not a JSON object': 2, 'longer than is read at once': 1 } })
    const aside = await readFile(join(work, 'one.aside'))
    expect(aside.equals(Buffer.concat([strange, Buffer.from('\n'), long, Buffer.from(`\n${cut}\n`)]))).toBe(true)
  })

  it('reads a damaged packed file up to its damage and says so', async () => {
    const file = join(work, 'cowrie.json.gz')
    const packed = gzipSync(log(0, 5_000))
    await writeFile(file, packed.subarray(0, packed.length / 2))
    const { totals, damaged } = await convert(await plan('one', [file]))
    expect(damaged).toMatchObject([{ path: file }])
    expect(totals.events).toBeGreaterThan(1_000)
  })

  it('moves the clock of the import behind its last event, and past no other while one clock ran ahead', async () => {
    const file = join(work, 'cowrie.json')
    const ahead = line(1, { session: 's9', timestamp: '2099-01-01T00:00:00Z' })
    await writeFile(file, `${ahead}\n${log(0, 1_000)}`)
    await convert(await plan('one', [file]))
    const ticks = (await spool('one')).filter((line) => line.includes(' import import - tick ')).map((line) => line.split(' ')[1] ?? '')
    expect(ticks.length).toBeGreaterThan(4)
    for (const tick of ticks.slice(0, 4)) expect(tick < '2026-01-06').toBe(true)
    expect(ticks.at(-1)).toBe('2026-02-01T01:00:00.000Z')
  })

  it('refuses what is packed otherwise, and what is not there', async () => {
    await writeFile(join(work, 'x.bz2'), 'BZh91AY')
    await expect(findInputs([join(work, 'x.bz2')], () => true)).rejects.toMatchObject({ code: 'import_packed' })
    await expect(findInputs([join(work, 'none')], () => true)).rejects.toMatchObject({ code: 'import_absent' })
  })
})
