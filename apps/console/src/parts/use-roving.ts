import { type KeyboardEvent, useCallback, useRef, useState } from 'react'

const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, j: 1, ArrowLeft: -1, ArrowUp: -1, k: -1 }

/**
 * Many things with one stop of the tab key: the arrows go from one to the next, Home and End to the first and the last.
 * `chosen`: of things of which one is always chosen, that one; going to another chooses it.
 */
export function useRoving(keys: readonly string[], chosen?: { readonly key: string | undefined; readonly choose: (key: string) => void }) {
  const [focused, setFocused] = useState<string | null>(null)
  const at = chosen ? chosen.key : focused
  const elements = useRef(new Map<string, HTMLElement | SVGElement>())
  const current = at && keys.includes(at) ? at : (keys[0] ?? null)
  const onKeyDown = (event: KeyboardEvent) => {
    const from = Math.max(0, keys.indexOf(current ?? ''))
    const step = steps[event.key]
    const to =
      step !== undefined
        ? (from + step + keys.length) % keys.length
        : event.key === 'Home'
          ? 0
          : event.key === 'End'
            ? keys.length - 1
            : null
    const key = to === null || event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[to]
    if (key === undefined) return
    event.preventDefault()
    event.stopPropagation()
    setFocused(key)
    chosen?.choose(key)
    elements.current.get(key)?.focus()
  }
  const member = useCallback(
    (key: string) => ({
      ref: (element: HTMLElement | SVGElement | null) => {
        if (element) elements.current.set(key, element)
        else elements.current.delete(key)
      },
      tabIndex: key === current ? 0 : -1,
      onFocus: () => setFocused(key),
    }),
    [current],
  )
  return { member, onKeyDown }
}
