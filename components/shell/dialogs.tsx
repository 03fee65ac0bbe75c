'use client'
import { createContext, Fragment, type ReactNode, Suspense, use, useCallback, useState } from 'react'

type Render = (close: () => void) => ReactNode
type OpenDialog = (render: Render) => void

const DialogContext = createContext<OpenDialog>(() => undefined)

/**
 * Opens a dialog from anywhere: a menu, the palette, a row. `open(close => <DestroyVmDialog vm={vm} onClose={close} />)`.
 * Dialogs are `lazy(() => import(...))`: their code comes when the first one opens.
 */
export function useDialogs(): OpenDialog {
  return use(DialogContext)
}

export function Dialogs({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<{ render: Render; key: number } | null>(null)
  const open = useCallback<OpenDialog>(render => {
    setShown(before => ({ render, key: (before?.key ?? 0) + 1 }))
  }, [])
  const close = useCallback(() => setShown(null), [])
  return (
    <DialogContext value={open}>
      {children}
      {shown && (
        <Suspense fallback={null}>
          <Fragment key={shown.key}>{shown.render(close)}</Fragment>
        </Suspense>
      )}
    </DialogContext>
  )
}
