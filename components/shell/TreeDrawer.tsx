'use client'
import { X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { IconButton } from '../ui/Button.tsx'
import { ResourceTree } from './ResourceTree.tsx'

/** The tree on a phone: over the page, from the left. */
export function TreeDrawer({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    // Not closed on the way out: it goes with its element, and a close event would answer to nobody.
    if (!dialog.current?.open) dialog.current?.showModal()
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it already; the click is on the veil
    <dialog
      ref={dialog}
      aria-label="Resources"
      onClose={onClose}
      onClick={event => event.target === event.currentTarget && onClose()}
      className="fixed inset-y-0 left-0 m-0 h-dvh max-h-none w-[min(320px,86vw)] max-w-none border-line border-r bg-panel text-text backdrop:bg-veil"
    >
      <div className="flex h-full flex-col">
        <div className="flex h-12 items-center border-line border-b pr-2 pl-4">
          <span className="font-semibold">Resources</span>
          <IconButton label="Close" icon={<X size={16} />} onClick={onClose} className="ml-auto" />
        </div>
        <nav aria-label="Resources" className="min-h-0 flex-1">
          <ResourceTree className="h-full px-1.5 py-2" />
        </nav>
      </div>
    </dialog>
  )
}
