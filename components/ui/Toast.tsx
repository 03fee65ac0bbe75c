'use client'
import { Toaster as Sonner, toast } from 'sonner'
import type { Explained } from '../errors.ts'

/** Where toasts appear. Once, in the frame. */
export function Toaster() {
  return (
    <Sonner
      position="bottom-right"
      offset={44}
      mobileOffset={44}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            'flex w-full items-start gap-2 rounded-lg border border-line bg-panel px-4 py-3 text-base text-text shadow-float',
          title: 'font-medium',
          description: 'text-muted break-words',
          error: 'border-bad',
          closeButton: 'order-last ml-auto grid size-6 place-items-center rounded text-muted hover:bg-sunken',
        },
        closeButton: true,
      }}
    />
  )
}

/** For actions without a surface of their own only: what has a dialog or a form shows its errors there. */
export function toastError(error: Explained) {
  toast.error(error.title, {
    description: [error.what, error.next].filter(Boolean).join(' '),
    duration: 12_000,
  })
}

export function toastDone(text: string) {
  toast(text, { duration: 4000 })
}
