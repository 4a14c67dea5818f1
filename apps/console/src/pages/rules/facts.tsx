import type { TtpRuleDetail } from '@decnet/contracts/api'
import { ExternalLink } from 'lucide-react'
import { Link } from 'wouter'
import { Bytes, Prose } from '../../parts/bytes.tsx'
import { TechniqueName } from '../../parts/techniques/name.tsx'
import { hrefTo, peekAt } from '../../url.ts'
import { percent } from '../../words/rule.ts'
import { exampleText } from '../../words/rule-example.ts'

/** Examples of a kind that are shown. */
const MOST = 8
type Of = { readonly rule: TtpRuleDetail }

/** What it claims, and how surely; a name shows who did it. */
export function TechniquesOf({ rule: { emits } }: { readonly rule: Pick<TtpRuleDetail, 'emits'> }) {
  const surely = new Map<string, number>()
  for (const { technique, confidence } of emits) surely.set(technique, Math.max(confidence, surely.get(technique) ?? 0))
  return (
    <section className="section">
      <h2 className="h">It claims</h2>
      <ul className="rows">
        {[...surely].map(([technique, confidence]) => (
          <li key={technique} className="rl-claim">
            <button type="button" className="link cut" onClick={() => peekAt('technique', technique)}>
              <TechniqueName id={technique} />
            </button>
            <Link className="faint mono" href={hrefTo('/rules', { q: `technique:${technique}` })} title="Rules that claim it">
              {technique}
            </Link>
            <span className="num">{percent(confidence)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

export function FalsePositives({ rule: { false_positives: texts } }: Of) {
  if (texts.length === 0) return null
  return (
    <section className="section">
      <h2 className="h">What else does this</h2>
      <ul className="rl-bullets">
        {texts.map((text) => (
          <li key={text}>
            <Prose text={text} most={500} />
          </li>
        ))}
      </ul>
    </section>
  )
}

export function Examples({ rule: { examples } }: Of) {
  const lists = [
    ['match', 'Fires at'],
    ['no_match', 'Does not fire at'],
  ] as const
  return (
    <section className="section">
      {lists.map(([list, title]) => (
        <div key={list} className="rl-examples">
          <h2 className="h">{title}</h2>
          <ul>
            {examples[list].slice(0, MOST).map((example, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the examples of one text never move
              <li key={n} className="cut" title={exampleText(example).slice(0, 600)}>
                <Bytes text={exampleText(example)} most={160} />
              </li>
            ))}
          </ul>
          {examples[list].length > MOST && <p className="faint small">and {examples[list].length - MOST} more</p>}
        </div>
      ))}
    </section>
  )
}

export function References({ rule: { references } }: Of) {
  if (references.length === 0) return null
  return (
    <section className="section">
      <h2 className="h">References</h2>
      <ul className="rl-refs">
        {references.map((url) => (
          <li key={url}>
            <a className="link cut" href={url} target="_blank" rel="noreferrer" title={url}>
              {url.replace(/^https?:\/\/(?:www\.)?/u, '').replace(/\/$/u, '')}
            </a>
            <ExternalLink aria-label="another site" />
          </li>
        ))}
      </ul>
    </section>
  )
}
