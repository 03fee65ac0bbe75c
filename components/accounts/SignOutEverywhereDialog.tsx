'use client'
import { paths } from '../shell/paths.ts'
import { useConsoleApi } from '../trpc.tsx'
import { FormDialog } from './FormDialog.tsx'
import { useWrite } from './useWrite.ts'

export default function SignOutEverywhereDialog({ onClose }: { onClose: () => void }) {
  const api = useConsoleApi()
  const { busy, error, write } = useWrite(() => window.location.assign(paths.login()))
  return (
    <FormDialog
      title="Sign out everywhere?"
      verb="Sign out everywhere"
      busy={busy}
      error={error}
      onClose={onClose}
      onSubmit={() => void write(() => api.accounts.signOutEverywhere.mutate())}
    >
      <p>Every session of this account ends, also this one. Open screens of guests close. Tasks go on.</p>
    </FormDialog>
  )
}
