import type { KeyboardEvent } from 'react'

/** What a button does by key, for a button that is drawn. */
export const onPress = (act: () => void) => (event: KeyboardEvent) => {
  if (event.key !== 'Enter' && event.key !== ' ') return
  event.preventDefault()
  act()
}
