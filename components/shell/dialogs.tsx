'use client'
import { createContext, Fragment, type ReactNode, Suspense, use, useCallback, useState } from 'react'
import { HostScope, useMaybeHost } from '../host.tsx'

type Render = (close: () => void) => ReactNode
export type OpenDialog = (render: Render) => void

const DialogContext = createContext<OpenDialog>(() => undefined)

/**
 * Opens a dialog from anywhere: a menu, the palette, a row. `open(close => <DestroyVmDialog vm={vm} onClose={close} />)`.
 * Dialogs are `lazy(() => import(...))`: their code comes when the first one opens.
 */
export function useDialogs(): OpenDialog {
  const open = use(DialogContext)
  const host = useMaybeHost()?.id ?? null
  // Dialogs hang below the frame: they take along which host they speak of.
  return useCallback(
    render => open(host === null ? render : close => <HostScope id={host}>{render(close)}</HostScope>),
    [open, host],
  )
}

/** The same for a thing of any host: `openOn('nas2')(close => ...)`. */
export function useDialogsOn(): (host: string) => OpenDialog {
  const open = use(DialogContext)
  return useCallback(
    host => render => open(close => <HostScope id={host}>{render(close)}</HostScope>),
    [open],
  )
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
