'use client'
import { CircleAlert, X } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import { Toaster } from 'sonner'

export { toast } from 'sonner'

/** Where sonner takes a screen for a phone's: dialogs have their buttons at the bottom there. */
const PHONE = '(max-width: 600px)'

function watchPhone(changed: () => void): () => void {
  const query = window.matchMedia(PHONE)
  query.addEventListener('change', changed)
  return () => query.removeEventListener('change', changed)
}

/** The messages themselves: they wait while a pointer is on them or Alt+T has brought the keyboard there. */
export function Messages() {
  const isPhone = useSyncExternalStore(
    watchPhone,
    () => window.matchMedia(PHONE).matches,
    () => false,
  )
  return (
    <Toaster
      position={isPhone ? 'top-center' : 'bottom-right'}
      expand
      visibleToasts={4}
      closeButton
      style={{ fontFamily: 'inherit' }}
      containerAriaLabel="Messages"
      // Above the line of the newest task.
      offset={{ bottom: 44, right: 16 }}
      // Below the header.
      mobileOffset={{ top: 56, left: 8, right: 8 }}
      icons={{ error: <CircleAlert aria-hidden size={16} />, close: <X aria-hidden size={14} /> }}
      toastOptions={{
        unstyled: true,
        closeButtonAriaLabel: 'Close the message',
        classNames: {
          toast:
            'flex w-full items-start gap-2 rounded-lg border border-line bg-panel py-2 pr-1 pl-3 text-base text-text shadow-float data-[type=error]:border-bad',
          icon: 'mt-1.5 shrink-0 text-bad',
          content: 'min-w-0 flex-1 py-1 break-words',
          title: 'font-medium',
          description: 'text-muted',
          closeButton:
            'order-last mt-0.5 grid size-6 shrink-0 place-items-center rounded-md text-muted hover:bg-sunken hover:text-text',
        },
      }}
    />
  )
}
