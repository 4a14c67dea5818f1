import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generate } from './generate.ts'
import { observed } from './observation.fixture.ts'
import { BadGrouping } from './partition.ts'
import { readGrouping } from './read-grouping.ts'
import { linesOf, readObservations } from './read-observations.ts'

const read = (...lines: string[]) => readObservations([Buffer.from(lines.join('\n'))])

describe('reading observations', () => {
  it('gives back what was written', async () => {
    const { observations } = generate({ seed: 1, knobs: { identities: 40 } })
    expect(await read(...observations.map((one) => JSON.stringify(one)))).toEqual({ observations, refused: [], reduced: [] })
  })

  it('fills what is absent, takes ISO instants, blank lines, CRLF and a byte order mark', async () => {
    const { observations, refused } = await read('\uFEFF{"id":"a"}\r', '', '  \t', '{"id":"b","firstSeen":"2026-01-01T00:00:00+01:00"}')
    expect(refused).toEqual([])
    expect(observations.map(({ id, firstSeen, payloads }) => [id, firstSeen, payloads])).toEqual([
      ['a', null, []],
      ['b', Date.UTC(2025, 11, 31, 23), []],
    ])
  })

  it('refuses bad lines by number and reason, and keeps the others', async () => {
    const { observations, refused } = await read(
      '{"id":"a"}',
      '{"id":',
      '[]',
      '{"ip":"192.0.2.1"}',
      '{"id":7}',
      '{"id":"a","ip":"192.0.2.9"}',
      '{"id":"c"}',
    )
    expect(observations.map(({ id }) => id)).toEqual(['a', 'c'])
    expect(refused.map(({ line, why }) => `${line} ${why.replace(/:.*/s, '')}`)).toEqual([
      '2 is not JSON',
      '3 is not an observation',
      '4 id',
      '5 id',
      '6 the id stood on line 1 already',
    ])
  })

  it('keeps an observation whatever is absent, and all of it that is understood', async () => {
    const empty = { ...observed('x'), id: expect.any(String) }
    const cases = [
      [{ commands: [{ text: 'id' }] }, { commands: [{ ts: null, decky: null, text: 'id' }] }, null],
      [
        {
          commands: [
            { ts: 1, decky: 'd' },
            { ts: 2, text: 'w' },
          ],
        },
        { commands: [{ ts: 2, decky: null, text: 'w' }] },
        'commands: 1 of 2 passed over',
      ],
      [{ fingerprints: null }, {}, null],
      [
        { fingerprints: { ja3: null, hassh: ['ff', 7] } },
        { fingerprints: { ja3: [], ja4: [], hassh: ['ff'] } },
        'hassh: 1 of 2 passed over',
      ],
      [{ asn: 'AS123' }, { asn: 123 }, null],
      [{ asn: 'Example Ltd' }, {}, 'asn was passed over'],
      [{ credentials: [['a', null], ['root'], ['b', 'c']] }, { credentials: [['b', 'c']] }, 'credentials: 2 of 3 passed over'],
      [{ credentials: [['b', 'c']], credentialTimes: [7] }, { credentials: [['b', 'c']], credentialTimes: [7] }, null],
      [
        { credentials: [['b', 'c']], credentialTimes: [7, 8] },
        { credentials: [['b', 'c']] },
        'credentialTimes: not one for each of credentials',
      ],
      [{ payloads: null, c2: 'h', deckies: null }, {}, 'c2 is no list'],
      [{ ip: 7, firstSeen: 'noon', lastSeen: null, accepted: null }, {}, 'ip was passed over; firstSeen was passed over'],
    ] as const
    const lines = cases.map(([given], n) => JSON.stringify({ id: `n${n}`, ...given }))
    const { observations, refused, reduced } = await read(...lines)
    expect(refused).toEqual([])
    expect(observations).toEqual(cases.map(([, kept]) => ({ ...empty, ...kept })))
    expect(reduced).toEqual(cases.flatMap(([, , why], n) => (why === null ? [] : [{ line: n + 1, why }])))
  })

  it('refuses bytes that are not UTF-8, and lines longer than allowed without keeping them', async () => {
    const { refused } = await readObservations([Buffer.from([0x7b, 0xff, 0x7d, 10])])
    expect(refused).toEqual([{ line: 1, why: 'is not UTF-8' }])
    const lines: (string | null)[] = []
    for await (const line of linesOf([Buffer.from('abc\nabc'), Buffer.from('def'), Buffer.from('\nab')], 4))
      lines.push(line?.toString() ?? null)
    expect(lines).toEqual(['abc', null, 'ab'])
  })

  it('never throws, whatever the bytes and however they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 60 })), async (chunks) => {
        const { observations } = await readObservations(chunks.map((chunk) => Buffer.from(chunk)))
        expect(observations).toEqual([])
      }),
    )
    const whole = Buffer.from('{"id":"ä"}\n\n{"id":"b"}\nnonsense')
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length), fc.nat(whole.length), async (one, other) => {
        const [first, last] = [Math.min(one, other), Math.max(one, other)]
        const parts = [whole.subarray(0, first), whole.subarray(first, last), whole.subarray(last)]
        expect(await readObservations(parts)).toEqual(await readObservations([whole]))
      }),
    )
  })
})

describe('reading a truth or a finding', () => {
  it('takes one without campaigns, and says what is wrong with a bad one', () => {
    expect(readGrouping('{"identities":[{"id":"i","members":["a"]}]}').campaigns).toEqual([])
    for (const [text, why] of [
      ['{', 'is not JSON'],
      ['null', 'the whole'],
      ['{"identities":[{"id":"i","members":[1]}]}', 'identities.0.members.0'],
      ['{"identities":[{"id":"i","members":["a","a"]}]}', 'observation a is in two identities'],
    ] as const) {
      expect(() => readGrouping(text)).toThrow(BadGrouping)
      expect(() => readGrouping(text)).toThrow(why)
    }
  })
})
