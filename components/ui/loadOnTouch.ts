import { useSyncExternalStore } from 'react'

/** Somebody is there: a pointer moves, a key goes down, a finger is on the screen. */
const SIGNS = ['pointermove', 'pointerdown', 'keydown'] as const
const waiting = new Set<() => void>()
let touched = false

function touch() {
  touched = true
  for (const sign of SIGNS) window.removeEventListener(sign, touch, { capture: true })
  for (const call of waiting) call()
  waiting.clear()
}

function whenTouched(call: () => void): () => void {
  if (touched) call()
  else {
    if (waiting.size === 0)
      for (const sign of SIGNS) window.addEventListener(sign, touch, { capture: true, passive: true })
    waiting.add(call)
  }
  return () => void waiting.delete(call)
}

/** True from the first sign of a person on. */
export function useTouched(): boolean {
  return useSyncExternalStore(
    whenTouched,
    () => touched,
    () => false,
  )
}

/**
 * For parts that answer to a person (menus, messages, the palette): not among what a page needs to be seen, yet there
 * when they are asked for, also when the console has gone away meanwhile. What could not be fetched is tried again.
 */
export function loadOnTouch<Module>(load: () => Promise<Module>): () => Promise<Module> {
  let pending: Promise<Module> | null = null
  const once = () => {
    pending ??= load().catch((error: unknown) => {
      pending = null
      throw error
    })
    return pending
  }
  if (typeof window !== 'undefined') whenTouched(() => void once().catch(() => undefined))
  return once
}
