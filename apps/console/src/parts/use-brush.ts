import { type PointerEvent, useEffect, useRef, useState } from 'react'

/** Drag over a chart: from and to in pixels while dragging, `done` with both in order when it was a drag and no click. */
export function useBrush(done: (from: number, to: number) => void) {
  const [brush, setBrush] = useState<{ from: number; to: number } | null>(null)
  const from = useRef<number | null>(null)
  useEffect(() => {
    if (!brush) return
    const cancel = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return
      event.stopPropagation()
      from.current = null
      setBrush(null)
    }
    window.addEventListener('keydown', cancel, true)
    return () => window.removeEventListener('keydown', cancel, true)
  }, [brush])
  const xOf = (event: PointerEvent<Element>) => event.clientX - event.currentTarget.getBoundingClientRect().left
  return {
    brush: brush && { from: Math.min(brush.from, brush.to), to: Math.max(brush.from, brush.to) },
    handlers: {
      onPointerDown: (event: PointerEvent<Element>) => {
        if (event.button !== 0 || event.pointerType === 'touch') return
        from.current = xOf(event)
        event.currentTarget.setPointerCapture(event.pointerId)
      },
      onPointerMove: (event: PointerEvent<Element>) => {
        if (from.current !== null) setBrush({ from: from.current, to: xOf(event) })
      },
      onPointerUp: (event: PointerEvent<Element>) => {
        const start = from.current
        from.current = null
        setBrush(null)
        const end = xOf(event)
        if (start !== null && Math.abs(end - start) > 5) done(Math.min(start, end), Math.max(start, end))
      },
    },
  }
}
