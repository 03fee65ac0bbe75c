import type { ReactNode } from 'react'
import { Button } from '../../ui/Button.tsx'
import { Spinner } from '../../ui/Spinner.tsx'
import type { ScreenStatus } from './session.ts'

/** What stands where the picture would be: why it is missing, and what to do about it. */
export function Missing({
  status,
  startAction,
  onRetry,
}: {
  status: ScreenStatus
  startAction: ReactNode
  onRetry: () => void
}) {
  const box = (title: string, more?: ReactNode, action?: ReactNode) => (
    <div className="max-w-md rounded-lg border border-line bg-panel px-5 py-4 text-center text-text shadow-float">
      <p className="font-medium">{title}</p>
      {more && <p className="mt-1 text-muted">{more}</p>}
      {action && <div className="mt-3 flex justify-center gap-2">{action}</div>}
    </div>
  )
  switch (status.kind) {
    case 'connecting':
      return (
        <p className="flex items-center gap-2 text-white/80">
          <Spinner /> Connecting to the screen…
        </p>
      )
    case 'lost':
      return box(
        'The connection to Skep broke.',
        'It is tried again by itself; the guest is not affected.',
        <Button onClick={onRetry}>Try now</Button>,
      )
    case 'gone':
      return box(
        status.message,
        status.retrying ? 'It is tried again by itself.' : null,
        status.code === 'stopped' ? (
          startAction
        ) : status.retrying ? null : (
          <Button onClick={onRetry}>Try again</Button>
        ),
      )
    case 'signed-out':
      return box('You are signed out.', 'Sign in again to see the screen.')
    case 'live':
      return null
  }
}
