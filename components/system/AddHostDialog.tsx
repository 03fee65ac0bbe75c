'use client'
import { useState } from 'react'
import { FormDialog } from '../accounts/FormDialog.tsx'
import { useWrite } from '../accounts/useWrite.ts'
import { useConsoleApi } from '../trpc.tsx'
import { Field, Input } from '../ui/Field.tsx'

/** Name and address of one more host. */
export default function AddHostDialog({ onClose }: { onClose: () => void }) {
  const api = useConsoleApi()
  const [name, setName] = useState('')
  const [address, setAddress] = useState('')
  const { busy, error, write } = useWrite(onClose)
  return (
    <FormDialog
      title="Add a host"
      verb="Add host"
      busy={busy}
      error={error}
      blocked={
        name.trim() === '' ? 'The name is missing.' : address.trim() === '' ? 'The address is missing.' : null
      }
      onClose={onClose}
      onSubmit={() => void write(() => api.hosts.add.mutate({ name, address, signIn: null }))}
    >
      <Field
        label="Name"
        hint="It stands in the tree and, in plain letters, in addresses."
        error={error?.fields.name}
      >
        <Input value={name} onChange={event => setName(event.target.value)} />
      </Field>
      <Field
        label="Address"
        hint="sandbox:/directory is a practice machine; where the directory is empty or not there yet, one is made."
        error={error?.fields.address}
      >
        <Input mono value={address} onChange={event => setAddress(event.target.value)} />
      </Field>
    </FormDialog>
  )
}
