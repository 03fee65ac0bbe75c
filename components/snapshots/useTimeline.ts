'use client'
import { useState, useSyncExternalStore } from 'react'

const KEY = 'skep-timeline'
/** Where there is room for it beside the table. */
const WIDE = '(min-width: 1280px)'

/** Whether the timeline is on the screen: as chosen in this browser, else where there is room for it. */
export function useTimeline(): { shown: boolean; toggle: () => void } {
  const wide = useSyncExternalStore(
    subscribe,
    () => matchMedia(WIDE).matches,
    () => false,
  )
  const kept = useSyncExternalStore(subscribe, readKept, () => null)
  const [chosen, setChosen] = useState<boolean | null>(null)
  const shown = chosen ?? kept ?? wide
  return {
    shown,
    toggle: () => {
      setChosen(!shown)
      try {
        localStorage.setItem(KEY, shown ? 'off' : 'on')
      } catch {
        // A browser without storage forgets the choice; nothing else is lost.
      }
    },
  }
}

function subscribe(listener: () => void): () => void {
  const query = matchMedia(WIDE)
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}

function readKept(): boolean | null {
  try {
    const kept = localStorage.getItem(KEY)
    return kept === null ? null : kept === 'on'
  } catch {
    return null
  }
}
