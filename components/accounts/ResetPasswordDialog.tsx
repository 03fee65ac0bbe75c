'use client'
import { useState } from 'react'
import { type Account, passwordProblem } from '../../server/accounts/model.ts'
import { useConsoleApi } from '../trpc.tsx'
import { Field, Input } from '../ui/Field.tsx'
import { FormDialog } from './FormDialog.tsx'
import { useWrite } from './useWrite.ts'

export default function ResetPasswordDialog({ account, onClose }: { account: Account; onClose: () => void }) {
  const api = useConsoleApi()
  const [password, setPassword] = useState('')
  const [tried, setTried] = useState(false)
  const { busy, error, write } = useWrite(onClose)
  const weak = passwordProblem(password, account.name)
  return (
    <FormDialog
      title={`Give ${account.name} a new password`}
      verb="Set password"
      busy={busy}
      error={error}
      onClose={onClose}
      onSubmit={() => {
        setTried(true)
        if (!weak) void write(() => api.accounts.resetPassword.mutate({ id: account.id, password }))
      }}
    >
      <Field
        label="New password"
        hint={`${account.name} is signed out everywhere and should change it after signing in.`}
        error={error?.fields.password ?? (tried ? weak : null)}
      >
        <Input
          type="password"
          autoComplete="new-password"
          value={password}
          onChange={event => setPassword(event.target.value)}
        />
      </Field>
    </FormDialog>
  )
}
