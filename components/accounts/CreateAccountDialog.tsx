'use client'
import { useState } from 'react'
import { passwordProblem, type Role } from '../../server/accounts/model.ts'
import { useConsoleApi } from '../trpc.tsx'
import { Field, Input, RadioCards } from '../ui/Field.tsx'
import { FormDialog } from './FormDialog.tsx'
import { ROLE_CHOICES } from './roles.ts'
import { useWrite } from './useWrite.ts'

export default function CreateAccountDialog({ onClose }: { onClose: () => void }) {
  const api = useConsoleApi()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [role, setRole] = useState<Role>('operator')
  const [tried, setTried] = useState(false)
  const { busy, error, write } = useWrite(onClose)
  const weak = passwordProblem(password, name)
  return (
    <FormDialog
      title="Create an account"
      verb="Create account"
      busy={busy}
      error={error}
      blocked={name === '' ? 'The name is missing.' : null}
      onClose={onClose}
      onSubmit={() => {
        setTried(true)
        if (!weak) void write(() => api.accounts.create.mutate({ name, password, role }))
      }}
    >
      <Field label="Name" error={error?.fields.name}>
        <Input value={name} onChange={event => setName(event.target.value)} />
      </Field>
      <Field
        label="First password"
        hint="At least 12 characters. Its owner should change it."
        error={error?.fields.password ?? (tried ? weak : null)}
      >
        <Input
          type="password"
          autoComplete="new-password"
          value={password}
          onChange={event => setPassword(event.target.value)}
        />
      </Field>
      <RadioCards legend="Role" choices={ROLE_CHOICES} value={role} onValue={setRole} />
    </FormDialog>
  )
}
