import type { z } from 'zod'

/** The thirteen roots of the topic tree. Names are frozen: adding families is fine, renaming one breaks every subscriber. */
export const ROOTS = [
  'topology',
  'decky',
  'attacker',
  'identity',
  'campaign',
  'credential',
  'attribution',
  'orchestrator',
  'canary',
  'smtp',
  'email',
  'ttp',
  'system',
] as const
export type Root = (typeof ROOTS)[number]

/** A value that cannot stand in a topic name. */
export class TopicNameError extends Error {
  override readonly name = 'TopicNameError'
}

/**
 * One token of a topic name, for ids that are interpolated.
 * @throws {TopicNameError} when it is empty or holds `.`, `*`, `>` or white space.
 */
export function topicSegment(value: string): string {
  if (value === '') throw new TopicNameError('a topic segment cannot be empty')
  if (/[.*>\s]/u.test(value)) {
    throw new TopicNameError(`a topic segment cannot hold '.', '*', '>' or white space: ${JSON.stringify(value)}`)
  }
  return value
}

/**
 * The rest of a topic name below its root; dots are welcome (`session.started`).
 * @throws {TopicNameError} when it is empty or one of its tokens is not a segment.
 */
export function topicLeaf(value: string): string {
  if (value === '') throw new TopicNameError('a topic leaf cannot be empty')
  for (const token of value.split('.')) topicSegment(token)
  return value
}

/** Builds `<root>.<leaf>` for whole leaves, `attacker` + `session.started`. @throws {TopicNameError} on an unknown root or a bad leaf. */
export function topicName(root: Root, leaf: string): string {
  if (!ROOTS.includes(root)) throw new TopicNameError(`unknown topic root: ${JSON.stringify(root)}`)
  return `${root}.${topicLeaf(leaf)}`
}

type Placeholders<Template extends string> = Template extends `${string}{${string}}${infer Rest}` ? [string, ...Placeholders<Rest>] : []

/**
 * `record`: every message is also a row of the event log, with a sequence number; consumers may replay it.
 * `doorbell`: it exists on the bus only, at most once.
 */
export type TopicKind = 'record' | 'doorbell'

export interface TopicOptions<Template extends string, Payload extends z.ZodType> {
  /** Tokens by dots; `{id}` is one interpolated segment, `{leaf+}` one or more. Example: `decky.{decky}.state`. */
  readonly template: Template
  readonly summary: string
  readonly kind: TopicKind
  /** Shape on the wire, keys in snake_case. */
  readonly payload: Payload
  /** Its producer comes later; subscribing is already fine. */
  readonly planned?: true
}

export interface Topic<Template extends string = string, Payload extends z.ZodType = z.ZodType> extends TopicOptions<Template, Payload> {
  /** What to subscribe to for the whole family: `decky.*.state`. */
  readonly pattern: string
  /** The concrete name. @throws {TopicNameError} on a segment that cannot stand there. */
  name(...segments: Placeholders<Template>): string
}
export type AnyTopic = Topic<string, z.ZodType>
export type PayloadOf<T extends AnyTopic> = z.infer<T['payload']>

/** Defines one topic or one family of topics. Frozen data: who publishes and consumes is derived from folds, ticks and services. */
export function defineTopic<const Template extends string, Payload extends z.ZodType>(
  options: TopicOptions<Template, Payload>,
): Topic<Template, Payload> {
  const tokens = options.template.split('.')
  if (!ROOTS.includes(tokens[0] as Root)) throw new TopicNameError(`unknown topic root in ${options.template}`)
  const holes = tokens.map((token) => /^\{\w+(\+?)\}$/u.exec(token))
  tokens.forEach((token, index) => {
    if (!holes[index]) topicSegment(token)
    else if (holes[index][1] === '+' && index !== tokens.length - 1) throw new TopicNameError('a {leaf+} comes last')
  })
  const arity = holes.filter(Boolean).length
  return Object.freeze({
    ...options,
    pattern: tokens.map((token, index) => (holes[index] ? (holes[index][1] === '+' ? '>' : '*') : token)).join('.'),
    name(...segments: readonly string[]) {
      if (segments.length !== arity) throw new TopicNameError(`${options.template} takes ${arity} segment(s), got ${segments.length}`)
      let next = 0
      return tokens
        .map((token, index) => {
          const hole = holes[index]
          if (!hole) return token
          const value = segments[next++] ?? ''
          return hole[1] === '+' ? topicLeaf(value) : topicSegment(value)
        })
        .join('.')
    },
  }) as Topic<Template, Payload>
}
