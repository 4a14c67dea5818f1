import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { type CSSProperties, type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { figure } from '../time/words.ts'
import { ColumnPicker, rooms, useColumns } from './column-picker.tsx'
import './data-table.css'
import { Failed, Skeleton } from './empty.tsx'
import type { Paged } from './use-paged.ts'
import { useWidth } from './use-width.ts'

export interface Column<R> {
  readonly id: string
  readonly title: string
  /** Pixels; absent: shares what is left. */
  readonly width?: number
  /** Pixels below which one that shares is of no use: others give way, see `yields`. */
  readonly least?: number
  /** Goes when there is too little room for all: the lowest first. */
  readonly yields?: number
  /** Takes what is left where there is little room. */
  readonly grows?: boolean
  /** Pixels where there is a lot of room. */
  readonly wide?: number
  readonly align?: 'right'
  /** Where the server can sort by it. */
  readonly sort?: string
  /** Left out where there is less room than this, until somebody picks it. */
  readonly from?: 'tablet' | 'desktop' | 'wide'
  readonly hidden?: boolean
  /** The head is for screen readers only. */
  readonly quiet?: boolean
  cell(row: R): ReactNode
}
export interface Sorting {
  readonly by: string
  readonly order: 'asc' | 'desc'
  set(by: string, order: 'asc' | 'desc'): void
}

const usualHeight = 28
const headHeight = 30
/** Elements in use: a row that scrolls out lends its elements to one that comes in. */
const recycled = 128

interface Props<R> {
  /** What the rows are, in the plural: the name of the grid, and of what is kept about it. */
  name: string
  columns: readonly Column<R>[]
  source: Paged<R>
  keyOf: (row: R) => string
  onOpen: (row: R) => void
  sorting?: Sorting
  empty: ReactNode
  /** What the count beside the toolbar is a count of. */
  caption: string
  /** Pixels. */
  rowHeight?: number
  toolbar?: ReactNode
  selected?: string | undefined
}

/** A table of any length: the server sorts and pages, only rows in sight exist. Arrows or j/k move, Enter opens. */
export function DataTable<R>({
  name,
  columns: all,
  source,
  keyOf,
  onOpen,
  sorting,
  empty,
  caption,
  rowHeight = usualHeight,
  toolbar,
  selected,
}: Props<R>) {
  const [frame, room] = useWidth<HTMLDivElement>()
  const box = useRef<HTMLDivElement>(null)
  const id = useId()
  const [active, setActive] = useState(-1)
  const { columns, picked, toggle } = useColumns(name, all, room)
  const count = source.total ?? 12
  const rows = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    useFlushSync: false,
    paddingStart: headHeight,
    scrollPaddingStart: headHeight,
  })
  const items = rows.getVirtualItems()
  const first = items[0]?.index ?? 0
  const last = items.at(-1)?.index ?? 0
  useEffect(() => source.see(first, last), [source.see, first, last])
  const before = Math.max(0, (items[0]?.start ?? headHeight) - headHeight)
  const after = Math.max(0, rows.getTotalSize() - (items.at(-1)?.end ?? headHeight))

  const move = (to: number) => {
    const next = Math.max(0, Math.min(count - 1, to))
    setActive(next)
    rows.scrollToIndex(next, { align: 'auto' })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget && event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    const steps: Record<string, number> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1, PageDown: 20, PageUp: -20, Home: -count, End: count }
    const step = steps[event.key]
    const row = source.row(active)
    if (step !== undefined && !event.metaKey && !event.ctrlKey) {
      event.preventDefault()
      move(active + step)
    } else if (event.key === 'Enter' && row !== undefined) onOpen(row)
  }
  if (source.error) return <Failed error={source.error} retry={source.again} />
  return (
    <div className="dt" ref={frame}>
      <div className="dt-bar">
        {toolbar}
        <span className="faint small">{source.total === null ? <Skeleton width={60} /> : `${figure(source.total)} ${caption}`}</span>
        <ColumnPicker all={all} picked={picked} toggle={toggle} />
      </div>
      <div ref={box} className="dt-scroll">
        {source.total === 0 ? (
          empty
        ) : (
          <table
            style={{ '--row': `${rowHeight}px` } as CSSProperties}
            // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: rows are walked with the keys, as in a grid
            role="grid"
            tabIndex={0}
            aria-label={name}
            aria-rowcount={count + 1}
            aria-busy={source.loading}
            aria-activedescendant={active < 0 ? undefined : `${id}-${active}`}
            onKeyDown={onKeyDown}
            data-list
          >
            <colgroup>
              {columns.map((c) => (
                <col key={c.id} style={widthOf(c, room)} />
              ))}
            </colgroup>
            <thead>
              <tr aria-rowindex={1}>
                {columns.map((c) => (
                  <Head key={c.id} column={c} sorting={sorting} />
                ))}
              </tr>
            </thead>
            <tbody>
              {before > 0 && (
                <tr aria-hidden className="dt-gap">
                  <td colSpan={columns.length} style={{ height: before }} />
                </tr>
              )}
              {items.map((item) => {
                const row = source.row(item.index)
                return (
                  <tr
                    key={item.index % recycled}
                    id={`${id}-${item.index}`}
                    aria-rowindex={item.index + 2}
                    aria-selected={active === item.index}
                    data-active={active === item.index || undefined}
                    data-selected={(row !== undefined && selected !== undefined && keyOf(row) === selected) || undefined}
                    onClick={() => {
                      setActive(item.index)
                      if (row !== undefined) onOpen(row)
                    }}
                  >
                    {columns.map((c) => (
                      <td key={c.id} className={c.align === 'right' ? 'num' : undefined}>
                        {row === undefined ? <Skeleton width={`${40 + ((item.index * 17) % 45)}%`} /> : c.cell(row)}
                      </td>
                    ))}
                  </tr>
                )
              })}
              {after > 0 && (
                <tr aria-hidden className="dt-gap">
                  <td colSpan={columns.length} style={{ height: after }} />
                </tr>
              )}
            </tbody>
          </table>
        )}
      </div>
    </div>
  )
}

function widthOf<R>(c: Column<R>, room: number): { width?: number } {
  const width = room >= rooms.wide ? (c.wide ?? c.width) : c.grows && room < rooms.tablet ? undefined : c.width
  return width === undefined ? {} : { width }
}

function Head<R>({ column, sorting }: { column: Column<R>; sorting: Sorting | undefined }) {
  const side = column.align === 'right' ? 'num' : undefined
  if (!column.sort || !sorting)
    return (
      <th scope="col" className={side}>
        {column.quiet ? <span className="sr">{column.title}</span> : column.title}
      </th>
    )
  const on = sorting.by === column.sort
  const by = column.sort
  return (
    <th scope="col" className={side} aria-sort={on ? (sorting.order === 'asc' ? 'ascending' : 'descending') : 'none'}>
      <button type="button" onClick={() => sorting.set(by, on && sorting.order === 'desc' ? 'asc' : 'desc')}>
        {column.title}
        {on && (sorting.order === 'asc' ? <ArrowUp aria-hidden /> : <ArrowDown aria-hidden />)}
      </button>
    </th>
  )
}
