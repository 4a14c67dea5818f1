import { z } from 'zod'

const facts = z.array(
  z.union([z.strictObject({ name: z.string().min(1), value: z.string() }), z.strictObject({ divider: z.literal(true) })]),
)

/** The property tables of the published format 4.5 (layers/spec/v4.5/layerformat.md), as far as a layer may use them; nothing else may stand in one. */
export const layerFormat = z.strictObject({
  name: z.string().min(1),
  versions: z.strictObject({ attack: z.string().regex(/^\d+(?:\.\d+)?$/u), navigator: z.string(), layer: z.literal('4.5') }),
  domain: z.enum(['enterprise-attack', 'mobile-attack', 'ics-attack']),
  description: z.string(),
  sorting: z.literal([0, 1, 2, 3]),
  layout: z.strictObject({
    layout: z.enum(['side', 'flat', 'mini']),
    showID: z.boolean(),
    showName: z.boolean(),
    showAggregateScores: z.boolean(),
    countUnscored: z.boolean(),
    aggregateFunction: z.enum(['average', 'min', 'max', 'sum']),
    expandedSubtechniques: z.enum(['none', 'all', 'annotated']),
  }),
  hideDisabled: z.boolean(),
  techniques: z.array(
    z.strictObject({
      techniqueID: z.string().regex(/^T\d{4}(?:\.\d{3})?$/u),
      tactic: z.string().regex(/^[a-z-]+$/u),
      comment: z.string(),
      enabled: z.boolean(),
      score: z.number(),
      showSubtechniques: z.boolean().optional(),
      metadata: facts.optional(),
      links: z.array(z.strictObject({ label: z.string(), url: z.url() })),
    }),
  ),
  gradient: z
    .strictObject({ colors: z.array(z.string().regex(/^#[0-9a-f]{6}$/u)).min(2), minValue: z.number(), maxValue: z.number() })
    .refine(({ minValue, maxValue }) => maxValue > minValue),
  metadata: facts.optional(),
})
