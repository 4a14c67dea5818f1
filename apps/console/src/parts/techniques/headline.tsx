import type { TechniqueScope } from '../../queries.ts'
import { peekAt } from '../../url.ts'
import { Prose } from '../bytes.tsx'

const TECHNIQUE = /(?<=\()(T\d{4}(?:\.\d{3})?)(?=\))/u

/** What somebody did, in a sentence; each technique in it leads to its evidence. */
export function Headline({ text, of, id }: { text: string; of: TechniqueScope; id: string }) {
  const parts = (text.charAt(0).toUpperCase() + text.slice(1)).split(TECHNIQUE)
  return parts.map((part, i) =>
    i % 2 === 0 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts are a cut of one string and never move
      <Prose key={i} text={part} />
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts are a cut of one string and never move
      <button key={i} type="button" className="link" title="Show the evidence" onClick={() => peekAt('technique', `${of}/${id}/${part}`)}>
        {part}
      </button>
    ),
  )
}
