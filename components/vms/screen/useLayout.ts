'use client'
import { useState } from 'react'
import { useHost } from '../../host.tsx'
import { isLayout, type LayoutId } from './layouts.ts'

/** The layout that a guest's keyboard has, as chosen for it in this browser before. */
export function useLayout(guest: string): [LayoutId, (layout: LayoutId) => void] {
  const key = `skep-layout-${useHost().id}-${guest}`
  const [layout, setLayout] = useState(() => readKept(key))
  return [
    layout,
    chosen => {
      setLayout(chosen)
      try {
        localStorage.setItem(key, chosen)
      } catch {
        // A browser without storage forgets the choice; nothing else is lost.
      }
    },
  ]
}

function readKept(key: string): LayoutId {
  try {
    const kept = localStorage.getItem(key) ?? ''
    return isLayout(kept) ? kept : 'us'
  } catch {
    return 'us'
  }
}
