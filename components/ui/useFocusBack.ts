import { useState } from 'react'

/**
 * For what opens without a trigger of its own, from a menu, a row or a key: when it closes, the focus goes back to what
 * had it. Returns the handler of Radix's `onCloseAutoFocus`.
 */
export function useFocusBack(): (event: Event) => void {
  const [before] = useState(() => (typeof document === 'undefined' ? null : document.activeElement))
  return event => {
    event.preventDefault()
    if (before instanceof HTMLElement) before.focus({ preventScroll: true })
  }
}
