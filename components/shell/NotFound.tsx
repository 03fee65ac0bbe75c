import { ButtonLink } from '../ui/Button.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { paths } from './paths.ts'

export function NotFound() {
  return (
    <>
      <h1 className="sr-only">There is no such page</h1>
      <EmptyState
        title="There is no such page"
        action={<ButtonLink href={paths.home()}>Go to the overview</ButtonLink>}
      >
        The thing may have been renamed or destroyed, or the address has a mistake.
      </EmptyState>
    </>
  )
}
