/** Whether a person sits in front of this page: the keyboard, the pointer or the wheel was touched a moment ago. */
const LATELY_MS = 120_000
const SIGNS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const

// Whoever has just opened the page is there.
let touchedAt = Date.now()

export function touchedLately(now = Date.now()): boolean {
  return now - touchedAt < LATELY_MS
}

/** Watches until the returned function is called. Before anything on the page may swallow the event, as a screen does. */
export function watchTouches(target: EventTarget, now = Date.now): () => void {
  const touched = () => {
    touchedAt = now()
  }
  for (const sign of SIGNS) target.addEventListener(sign, touched, { capture: true, passive: true })
  return () => {
    for (const sign of SIGNS) target.removeEventListener(sign, touched, { capture: true })
  }
}
