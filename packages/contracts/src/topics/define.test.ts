import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineTopic, TopicNameError } from './define.ts'
import { allTopics, topics } from './index.ts'

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

  /** Every field of a payload at any depth, with what is said of it. */
  const fieldsOf = (schema: z.core.JSONSchema.BaseSchema): { name: string; says: string | undefined }[] => {
    const below = [schema.items, schema.additionalProperties, ...(schema.anyOf ?? []), ...(schema.prefixItems ?? [])]
      .filter((part) => typeof part === 'object' && !Array.isArray(part))
      .flatMap((part) => fieldsOf(part as z.core.JSONSchema.BaseSchema))
    const own = Object.entries(schema.properties ?? {}).flatMap(([name, value]) => {
      const field = value as z.core.JSONSchema.BaseSchema
      const says = field.description ?? field.anyOf?.map(({ description }) => description).find(Boolean)
      return [{ name, says }, ...fieldsOf(field)]
    })
    return [...own, ...below]
  }

  it.each(allTopics.map((topic) => [topic.template, topic] as const))(
    '%s writes its payload in snake_case and says in a sentence what each field is',
    (_name, topic) => {
      const fields = fieldsOf(z.toJSONSchema(topic.payload, { io: 'input' }))
      // The one signal among them says nothing.
      expect(fields.length > 0, topic.template).toBe(topic !== topics.systemWebhookSubscriptionsChanged)
      for (const { name, says } of fields) {
        expect(name).toMatch(/^[a-z][a-z0-9_]*$/u)
        expect(says, name).toMatch(/^[\S].*[.]$/u)
      }
    },
  )
})
