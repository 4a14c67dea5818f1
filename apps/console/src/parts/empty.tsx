import { RotateCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { ApiError } from '../api.ts'

/** Nothing here, and what to do about it. */
export function Empty({
  title,
  children,
  actions,
  left = false,
}: {
  title: string
  children?: ReactNode
  actions?: ReactNode
  left?: boolean
}) {
  return (
    <div className={left ? 'empty left' : 'empty'}>
      <h2>{title}</h2>
      {children}
      {actions && <div className="actions">{actions}</div>}
    </div>
  )
}

/** Something failed: what, and a way on. */
export function Failed({ error, retry, left = false }: { error: unknown; retry?: () => void; left?: boolean }) {
  const message = error instanceof Error ? error.message : 'Something went wrong.'
  const id = error instanceof ApiError ? error.problem?.error_id : undefined
  return (
    <div className={left ? 'empty error left' : 'empty error'} role="alert">
      <h2>This could not be loaded</h2>
      <p>{message}</p>
      {id && <p className="small faint mono">error {id}</p>}
      {retry && (
        <div className="actions">
          <button type="button" className="btn" onClick={retry}>
            <RotateCw aria-hidden /> Try again
          </button>
        </div>
      )}
    </div>
  )
}

/** Keeps the place of what is being loaded. */
export function Skeleton({ width = '100%', height = 12 }: { width?: number | string; height?: number }) {
  return <span className="skel" style={{ width, height }} aria-hidden />
}

export function SkeletonRows({ count, height = 28 }: { count: number; height?: number }) {
  return (
    <div aria-busy="true">
      <span className="sr">Loading</span>
      {Array.from({ length: count }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
        <div key={i} style={{ height, display: 'flex', alignItems: 'center' }}>
          <Skeleton width={`${88 - ((i * 37) % 46)}%`} />
        </div>
      ))}
    </div>
  )
}
