import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineTopic, TopicNameError } from './define.ts'
import { allTopics } from './index.ts'

const define = (template: string) => defineTopic({ template, summary: 'An example.', kind: 'record', payload: z.object({}) })
const named = (template: string, ...segments: string[]) => (define(template).name as (...segments: string[]) => string)(...segments)

describe('a topic', () => {
  it('subscribes to the whole family with its pattern', () => {
    expect(define('topology.{id}.mutation.{state}').pattern).toBe('topology.*.mutation.*')
    expect(define('attacker.observation.{primitive+}').pattern).toBe('attacker.observation.>')
    expect(define('system.log').pattern).toBe('system.log')
  })

  it('builds names from its segments, in order', () => {
    expect(named('topology.{id}.mutation.{state}', 'abc123', 'applied')).toBe('topology.abc123.mutation.applied')
    expect(named('topology.{id}.status', 't-1')).toBe('topology.t-1.status')
    expect(named('ttp.rule.fired.{technique}', 'T1110')).toBe('ttp.rule.fired.T1110')
    expect(() => named('ttp.rule.fired.{technique}', 'T1110.001')).toThrow(TopicNameError)
    expect(named('attacker.observation.{primitive+}', 'keyboard.rhythm')).toBe('attacker.observation.keyboard.rhythm')
    expect(() => named('attacker.observation.{primitive+}', '')).toThrow(TopicNameError)
  })

  it('is refused when its root is unknown, a token cannot stand there, or a leaf is not last', () => {
    for (const template of ['nothing.here', 'system..log', 'system.*', 'system.>', 'system.a b', 'system.{leaf+}.tail', '']) {
      expect(() => define(template), template).toThrow(TopicNameError)
    }
  })

  it('is frozen data', () => {
    const topic = define('system.log')
    expect(() => Object.assign(topic, { template: 'x' })).toThrow(TypeError)
  })
})

describe('every topic', () => {
  it.each(allTopics.map((topic) => [topic.template, topic] as const))(
    '%s has a summary, a kind and a schema of its payload',
    (_name, topic) => {
      expect(topic.summary).toMatch(/^\S.*\.$/u)
      expect(['record', 'doorbell']).toContain(topic.kind)
      for (const nonsense of [undefined, null, 'text', 7, []]) expect(topic.payload.safeParse(nonsense).success).toBe(false)
    },
  )

  it('writes its payload in snake_case', () => {
    const keysOf = (schema: z.ZodType): string[] => {
      if (schema instanceof z.ZodObject) return Object.entries(schema.shape).flatMap(([key, value]) => [key, ...keysOf(value as z.ZodType)])
      if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => keysOf(option as z.ZodType))
      if (schema instanceof z.ZodArray) return keysOf(schema.element as z.ZodType)
      return []
    }
    for (const topic of allTopics) {
      const keys = keysOf(topic.payload)
      expect(keys.length, topic.template).toBeGreaterThan(0)
      for (const key of keys) expect(key).toMatch(/^[a-z][a-z0-9_]*$/u)
    }
  })
})
