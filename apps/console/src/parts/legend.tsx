import { type Category, categoryNames } from '../words/services.ts'

export function Legend({ categories }: { categories: readonly Category[] }) {
  return (
    <span className="legend">
      {categories.map((c) => (
        <span key={c}>
          <i style={{ background: `var(--svc-${c})` }} />
          {categoryNames[c]}
        </span>
      ))}
    </span>
  )
}
