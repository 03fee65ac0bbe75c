'use client'
import { CircleAlert, X } from 'lucide-react'
import { useEffect, useState, useSyncExternalStore } from 'react'
import type { Explained } from '../errors.ts'
import { IconButton } from './Button.tsx'
import { cx } from './cx.ts'

type Toast = { id: number; title: string; text: string | null; bad: boolean; forMs: number }

/** The last few; more at once nobody reads. */
const MOST = 4
const NONE: readonly Toast[] = []
let toasts = NONE
let lastId = 0
const listeners = new Set<() => void>()

function set(next: readonly Toast[]) {
  toasts = next
  for (const listener of listeners) listener()
}

function add(toast: Omit<Toast, 'id'>) {
  lastId += 1
  set([...toasts, { ...toast, id: lastId }].slice(-MOST))
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** For actions without a surface of their own only: what has a dialog or a form shows its errors there. */
export function toastError(error: Explained) {
  const text = [error.what, error.next].filter(Boolean).join(' ')
  add({ title: error.title, text: text || null, bad: true, forMs: 12_000 })
}

export function toastDone(text: string) {
  add({ title: text, text: null, bad: false, forMs: 4000 })
}

/** Where toasts appear. Once, in the frame. They wait while a pointer or the focus is on them. */
export function Toaster() {
  const shown = useSyncExternalStore(
    subscribe,
    () => toasts,
    () => NONE,
  )
  const [held, setHeld] = useState(false)
  const close = (id: number) => set(toasts.filter(toast => toast.id !== id))
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only notices that somebody is reading
    <div
      aria-live="polite"
      aria-relevant="additions"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      className="pointer-events-none fixed right-2 bottom-11 z-50 flex w-[min(380px,calc(100vw-16px))] flex-col gap-2 sm:right-4"
    >
      {shown.map(toast => (
        <ToastBox key={toast.id} toast={toast} held={held} onClose={() => close(toast.id)} />
      ))}
    </div>
  )
}

function ToastBox({ toast, held, onClose }: { toast: Toast; held: boolean; onClose: () => void }) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the time is the toast's, whichever function closes it
  useEffect(() => {
    if (held) return
    const timer = setTimeout(onClose, toast.forMs)
    return () => clearTimeout(timer)
  }, [held, toast])
  return (
    <div
      className={cx(
        'pointer-events-auto flex items-start gap-2 rounded-lg border bg-panel py-2 pr-1 pl-3 shadow-float',
        toast.bad ? 'border-bad' : 'border-line',
      )}
    >
      {toast.bad && <CircleAlert aria-hidden size={16} className="mt-1.5 shrink-0 text-bad" />}
      <div className="min-w-0 flex-1 py-1 break-words">
        <p className="font-medium">{toast.title}</p>
        {toast.text && <p className="text-muted">{toast.text}</p>}
      </div>
      <IconButton
        label="Close the message"
        small
        icon={<X size={14} />}
        onClick={onClose}
        className="mt-0.5"
      />
    </div>
  )
}
