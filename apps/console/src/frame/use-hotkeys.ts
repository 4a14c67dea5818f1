import { useEffect } from 'react'
import { closePeek, go, hrefTo, readPeek } from '../url.ts'
import { pages } from './pages.ts'

interface Actions {
  palette(): void
  help(): void
  rail(): void
}
const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/u.test(target.tagName))
const floating = () => document.querySelector('[role="dialog"], [role="menu"]') !== null

/** `/` search, Ctrl-K palette, `?` help, `[` rail, `g` and a letter for a page, Esc closes the peek, j/k go to the list. */
export function useHotkeys(actions: Actions): void {
  useEffect(() => {
    let chord = 0
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        actions.palette()
        return
      }
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || floating()) return
      const inChord = event.timeStamp - chord < 900
      chord = 0
      const page = inChord ? pages.find((p) => p.chord === event.key) : undefined
      if (page) {
        event.preventDefault()
        go(hrefTo(page.path))
      } else if (event.key === 'g') chord = event.timeStamp
      else if (event.key === '/') {
        event.preventDefault()
        document.getElementById('query')?.focus()
      } else if (event.key === '?') actions.help()
      else if (event.key === '[') actions.rail()
      else if (event.key === 'Escape' && readPeek(new URLSearchParams(location.search))) closePeek()
      else if ((event.key === 'j' || event.key === 'k') && !(event.target instanceof Element && event.target.closest('[data-list]'))) {
        const list = document.querySelector<HTMLElement>('[data-list]')
        list?.focus()
        list?.dispatchEvent(new KeyboardEvent('keydown', { key: event.key, bubbles: true }))
      }
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [actions])
}
