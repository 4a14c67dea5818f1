import { Menu } from '@base-ui/react/menu'
import { Check, Columns3 } from 'lucide-react'
import { useState } from 'react'
import type { Column } from './data-table.tsx'

/** Room in pixels from which a column is shown. */
export const rooms = { tablet: 520, desktop: 760, wide: 1240 }

function stored(name: string): Record<string, boolean> {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(`columns:${name}`) ?? '{}')
    return typeof read === 'object' && read !== null ? (read as Record<string, boolean>) : {}
  } catch {
    return {}
  }
}

const usual = 120

/** Those that fit into `room` pixels, the ones that yield gone one after the other. */
function fitting<R>(columns: readonly Column<R>[], room: number): Column<R>[] {
  const left = [...columns]
  const going = columns.filter((c) => c.yields !== undefined).sort((a, b) => (a.yields ?? 0) - (b.yields ?? 0))
  const wanted = () => left.reduce((sum, c) => sum + (c.width ?? c.least ?? usual), 0)
  for (const column of going) {
    if (wanted() <= room) break
    left.splice(left.indexOf(column), 1)
  }
  return left
}

/** Which columns to show: what somebody picked, else what there is room for. */
export function useColumns<R>(name: string, all: readonly Column<R>[], room: number) {
  const [choices, setChoices] = useState(() => stored(name))
  const candidates = all.filter((c) => choices[c.id] ?? (!c.hidden && (c.from === undefined || room >= rooms[c.from])))
  const held = new Set(fitting(candidates, room))
  const fits = (c: Column<R>) => held.has(c)
  const picked = (c: Column<R>) => choices[c.id] ?? fits(c)
  const toggle = (c: Column<R>) => {
    const next = { ...choices, [c.id]: !picked(c) }
    localStorage.setItem(`columns:${name}`, JSON.stringify(next))
    setChoices(next)
  }
  return { columns: all.filter(picked), picked, toggle }
}

export function ColumnPicker<R>({
  all,
  picked,
  toggle,
}: {
  all: readonly Column<R>[]
  picked: (c: Column<R>) => boolean
  toggle: (c: Column<R>) => void
}) {
  return (
    <Menu.Root>
      <Menu.Trigger className="btn quiet icon" aria-label="Choose columns" title="Choose columns">
        <Columns3 aria-hidden />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="end" style={{ zIndex: 70 }}>
          <Menu.Popup className="menu">
            {all.map((c) => (
              <Menu.CheckboxItem
                key={c.id}
                className="menu-item"
                checked={picked(c)}
                onCheckedChange={() => toggle(c)}
                closeOnClick={false}
              >
                <span style={{ width: 15, display: 'inline-flex' }}>{picked(c) && <Check aria-hidden />}</span>
                {c.title || c.id}
              </Menu.CheckboxItem>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}
