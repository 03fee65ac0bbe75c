'use client'
import type { HostConfig } from '../../server/hosts/model.ts'
import { FormDialog } from '../accounts/FormDialog.tsx'
import { useWrite } from '../accounts/useWrite.ts'
import { useConsoleApi } from '../trpc.tsx'

export default function RemoveHostDialog({ host, onClose }: { host: HostConfig; onClose: () => void }) {
  const api = useConsoleApi()
  const { busy, error, write } = useWrite(onClose)
  return (
    <FormDialog
      title={`Remove ${host.name}?`}
      verb={`Remove ${host.name}`}
      danger
      busy={busy}
      error={error}
      onClose={onClose}
      onSubmit={() => void write(() => api.hosts.remove.mutate({ id: host.id }))}
    >
      <p>
        Nothing on the host is touched: its guests run on. It is no longer shown here, and the roles that
        accounts had on it only are forgotten. Its tasks stay in the history, for administrators.
      </p>
    </FormDialog>
  )
}
