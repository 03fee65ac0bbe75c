'use client'
import { lazy, Suspense } from 'react'
import type { Explained } from '../errors.ts'
import { loadOnTouch, useTouched } from './loadOnTouch.ts'

const load = loadOnTouch(() => import('./Messages.tsx'))
const Messages = lazy(() => load().then(module => ({ default: module.Messages })))

/** For actions without a surface of their own only: what has a dialog or a form shows its errors there. */
export function toastError(error: Explained) {
  const text = [error.what, error.next].filter(Boolean).join(' ')
  void load().then(({ toast }) =>
    toast.error(error.title, { description: text || undefined, duration: 12_000 }),
  )
}

export function toastDone(text: string) {
  void load().then(({ toast }) => toast(text, { duration: 4000 }))
}

/** Where messages appear. Once, in the frame. There before the first message is: else nobody would hear that one. */
export function Toaster() {
  return <Suspense fallback={null}>{useTouched() && <Messages />}</Suspense>
}
