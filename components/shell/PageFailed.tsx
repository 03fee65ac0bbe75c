import { Button } from '../ui/Button.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'

/** A page broke while it was drawn: a mistake of Skep, never of the host. */
export function PageFailed({ onRetry }: { onRetry: () => void }) {
  return (
    <EmptyState title="This page made a mistake" action={<Button onClick={onRetry}>Draw it again</Button>}>
      Nothing on the host was touched by it. The browser's console has the details.
    </EmptyState>
  )
}
