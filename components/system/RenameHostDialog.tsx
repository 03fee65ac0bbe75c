'use client'
import { useState } from 'react'
import type { HostConfig } from '../../server/hosts/model.ts'
import { FormDialog } from '../accounts/FormDialog.tsx'
import { useWrite } from '../accounts/useWrite.ts'
import { useConsoleApi } from '../trpc.tsx'
import { Field, Input } from '../ui/Field.tsx'

export default function RenameHostDialog({ host, onClose }: { host: HostConfig; onClose: () => void }) {
  const api = useConsoleApi()
  const [name, setName] = useState(host.name)
  const { busy, error, write } = useWrite(onClose)
  return (
    <FormDialog
      title={`Rename ${host.name}`}
      verb="Rename"
      busy={busy}
      error={error}
      blocked={name.trim() === host.name ? 'It has this name already.' : null}
      onClose={onClose}
      onSubmit={() => void write(() => api.hosts.rename.mutate({ id: host.id, name }))}
    >
      <Field label="New name" hint="Addresses of its pages stay as they are." error={error?.fields.name}>
        <Input value={name} onChange={event => setName(event.target.value)} />
      </Field>
    </FormDialog>
  )
}
