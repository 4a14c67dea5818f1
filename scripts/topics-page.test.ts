import { type AnyTopic, allTopics, defineTopic, ROOTS, topics } from '@decnet/contracts/topics'
import { expect, test } from 'vitest'
import { topicsPage } from './topics-page.ts'

const nobody = () => ({ publishers: [], consumers: [] })
const define = (more: { planned?: true } = {}): AnyTopic =>
  defineTopic({
    template: 'decky.{decky}.example',
    summary: 'An example of a|b.',
    kind: 'doorbell',
    payload: topics.deckyState.payload,
    ...more,
  })

test('the page has a section for each root, and a line and a description for each topic', () => {
  const page = topicsPage(allTopics, nobody).split('\n')
  expect(page.filter((line) => line.startsWith('## '))).toEqual(ROOTS.map((root) => `## ${root}`))
  for (const { template } of allTopics) {
    expect(
      page.filter((line) => line.startsWith(`| [\`${template}\`](#`)),
      template,
    ).toHaveLength(1)
    expect(
      page.filter((line) => line === `### \`${template}\``),
      template,
    ).toHaveLength(1)
  }
})

test('a line says kind, meaning, publishers, consumers and whether it is planned; what would break the table is escaped', () => {
  const ends = () => ({ publishers: ['fleet'], consumers: ['api', 'console'] })
  expect(topicsPage([define()], ends)).toContain(
    '| [`decky.{decky}.example`](#deckydeckyexample) | doorbell | An example of a\\|b. | fleet | api, console | live |\n',
  )
  expect(topicsPage([define({ planned: true })], nobody)).toContain('| doorbell | An example of a\\|b. | – | – | planned |\n')
})

test('the order of definitions does not matter', () => {
  expect(topicsPage(allTopics.toReversed(), nobody)).toBe(topicsPage(allTopics, nobody))
})

test('payloads are described: a signal, one that is open, one of several shapes', () => {
  expect(topicsPage([topics.systemWebhookSubscriptionsChanged], nobody)).toContain('\nEmpty: only a signal.\n')
  const open = topicsPage([topics.deckyTraffic], nobody)
  expect(open).toContain('| `decky` | string | Name of the decky. |\n')
  expect(open).toContain('|\n\nAnd further fields.\n')
  const shapes = topicsPage([topics.systemLog], nobody)
  expect(shapes).toContain('\nOne of these:\n')
  expect(shapes.split('| field | type | meaning |')).toHaveLength(3)
})
