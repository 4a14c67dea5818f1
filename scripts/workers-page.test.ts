import { topics } from '@decnet/contracts/topics'
import { defineFold, defineTick } from '@decnet/kernel/worker'
import { expect, test } from 'vitest'
import { type Manifest, manifests } from '../apps/server/src/workers/manifests.ts'
import { workersPage } from './workers-page.ts'

const plain: Manifest = {
  name: 'example',
  summary: 'An example of a|b.',
  kind: 'process',
  needs: [],
  stopsWith: 'decnet down',
  stopMeans: null,
  elsewhere: false,
  alone: false,
  definition: null,
  make: () => expect.unreachable(),
}
const lines = (...all: Manifest[]) => workersPage(all).split('\n')

test('the page has a line and a section for each worker, in the order of the start', () => {
  const page = workersPage(manifests).split('\n')
  expect(page.filter((line) => line.startsWith('## '))).toEqual(manifests.map(({ name }) => `## ${name}`))
  for (const { name } of manifests) expect(page.filter((line) => line.startsWith(`| [${name}](#${name}) | `))).toHaveLength(1)
})

test('a process: what it needs and which command ends it; what would break the table is escaped', () => {
  expect(lines(plain)).toContain('| [example](#example) | process | An example of a\\|b. | `decnet down` | no |')
  expect(lines(plain)).toContain('| needs | – |')
  expect(lines({ ...plain, needs: ['bus', 'listen'] })).toContain('| needs | bus, listen |')
  expect(lines(plain)).toContain('| runs alone | no |')
  expect(lines({ ...plain, name: 'bus' })).toContain('| runs alone | yes: `decnet bus`; only one on a host |')
  expect(lines({ ...plain, elsewhere: true })).toContain('| shown | once it was heard of: it does not run everywhere |')
})

test('a fold: what it reads and emits, and whether several share its work', () => {
  const about = {
    name: 'example',
    summary: 'An example.',
    reads: [topics.systemLog],
    emits: [topics.attackerObserved, topics.attackerScored],
  }
  const one = {
    ...plain,
    kind: 'fold' as const,
    stopsWith: null,
    stopMeans: 'Nothing is found meanwhile.',
    alone: true,
    definition: defineFold({ ...about, handle: async () => undefined }),
  }
  expect(lines(one)).toEqual(
    expect.arrayContaining([
      '| reads | `system.log` |',
      '| emits | `attacker.observed`, `attacker.scored` |',
      '| stopped by | console, API |',
      '| which means | Nothing is found meanwhile. |',
      '| runs alone | yes: `decnet worker example`; one at a time works |',
    ]),
  )
  const shared = { ...one, definition: defineFold({ ...about, key: () => null, handle: async () => undefined }) }
  expect(lines(shared)).toContain('| runs alone | yes: `decnet worker example`; many at a time share the work |')
})

test('a tick: what wakes it, and how often it runs otherwise', () => {
  const every = (ms: number) => {
    const tick = defineTick({
      name: 'example',
      summary: 'An example.',
      every: ms,
      wakes: [topics.systemLog],
      emits: [],
      run: async () => 'done',
    })
    return lines({ ...plain, kind: 'tick', definition: tick })
  }
  expect(every(120_000)).toEqual(expect.arrayContaining(['| wakes for | `system.log` |', '| every | 2 min |', '| emits | – |']))
  expect(every(5_000)).toContain('| every | 5 s |')
  expect(every(250)).toContain('| every | 250 ms |')
})
