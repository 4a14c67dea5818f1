import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isPattern, isTopicName, matches } from './matching.ts'
import { TopicTrie } from './topic-trie.ts'

const matching: [string, string][] = [
  ['topology.abc.mutation.applied', 'topology.abc.mutation.applied'],
  ['topology.*.mutation.applied', 'topology.abc.mutation.applied'],
  ['topology.*.mutation.*', 'topology.abc.mutation.applied'],
  ['topology.>', 'topology.abc.mutation.applied'],
  ['topology.>', 'topology.abc.status'],
  ['decky.*.state', 'decky.xyz.state'],
  ['system.bus.health', 'system.bus.health'],
  ...['ttp.tagged', 'ttp.rule.fired', 'ttp.rule.fired.T1110', 'ttp.rule.suppressed', 'ttp.rule.reloaded.R0001', 'ttp.rule.state.R0001'].map(
    (topic): [string, string] => ['ttp.>', topic],
  ),
  ['>', 'a'],
  ['>', ''],
  ['', ''],
  ['a.>', 'a.'],
  ['a.>.b', 'a.x'],
]
const apart: [string, string][] = [
  ['topology.abc.mutation.applied', 'topology.abc.mutation.failed'],
  ['topology.*', 'topology.abc.mutation.applied'],
  ['topology.>', 'topology'],
  ['decky.*.state', 'decky.state'],
  ['decky.*.state', 'decky.xyz.status'],
  ['a.b.c', 'a.b'],
  ['a.b', 'a.b.c'],
  ['a.b', 'A.b'],
  ['ttp.>', 'ttp'],
  ['ttp.rule.fired.>', 'ttp.rule.fired'],
  ['ttp.rule.reloaded.>', 'ttp.rule.reloaded'],
  ['ttp.rule.state.>', 'ttp.rule.state'],
  ['*', ''],
  ['a.*', 'a.'],
]

describe('matching', () => {
  it.each(matching)('B3: %j matches %j', (pattern, topic) => expect(matches(pattern, topic)).toBe(true))
  it.each(apart)('B3: %j does not match %j', (pattern, topic) => expect(matches(pattern, topic)).toBe(false))

  it('takes as topics dot-separated tokens of visible ASCII only', () => {
    for (const topic of ['a', 'system.log', 'decky.0f:web-01.state', 'a.b-_/~!.c']) expect(isTopicName(topic), topic).toBe(true)
    for (const topic of ['', '.', 'a.', '.a', 'a..b', 'a.*', 'a.b>', 'a b', 'a\t', 'a\n', 'é', '\x7f', 'x'.repeat(4_090)]) {
      expect(isTopicName(topic), topic).toBe(false)
    }
  })

  it('takes as patterns topics with lone wildcards, `>` only last', () => {
    for (const pattern of ['*', '>', 'a.*', '*.*.b', 'a.>', '*.>', 'system.log']) expect(isPattern(pattern), pattern).toBe(true)
    for (const pattern of ['', 'a.', '.>', '>.>', 'a.>.b', 'a*', '**', 'a.*b', 'a>', 'a. ', '*.', 'é.*'])
      expect(isPattern(pattern), pattern).toBe(false)
  })
})

const token = fc.constantFrom('a', 'b', 'c', 'toString', '__proto__')
const topic = fc.array(token, { minLength: 1, maxLength: 5 }).map((tokens) => tokens.join('.'))
const pattern = fc
  .tuple(fc.array(fc.oneof(token, fc.constant('*')), { maxLength: 4 }), fc.boolean())
  .map(([tokens, tail]) => [...tokens, ...(tail || tokens.length === 0 ? ['>'] : [])].join('.'))

describe('topic trie', () => {
  it('finds what matching one by one finds, also after removals', () => {
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 30 }), fc.array(fc.nat(29)), topic, (patterns, removed, name) => {
        const trie = new TopicTrie<number>()
        const kept = new Map(patterns.map((value, index) => [index, value]))
        for (const [index, value] of kept) trie.add(value, index)
        for (const index of removed) {
          trie.remove(patterns[index] ?? 'never.added', index)
          kept.delete(index)
        }
        const expected = [...kept].filter(([, value]) => matches(value, name)).map(([index]) => index)
        expect([...trie.match(name)].sort()).toEqual(expected.sort())
      }),
    )
  })

  it('keeps nothing of what was removed', () => {
    const trie = new TopicTrie<string>()
    const patterns = ['a.b.c', 'a.b.>', 'a.*.c', '>', '*']
    for (const value of patterns) trie.add(value, value)
    expect(trie.size).toBeGreaterThan(1)
    for (const value of patterns) trie.remove(value, value)
    expect(trie.size).toBe(1)
  })
})
