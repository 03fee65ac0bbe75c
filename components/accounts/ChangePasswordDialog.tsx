'use client'
import { useState } from 'react'
import { passwordProblem } from '../../server/accounts/model.ts'
import { useMe } from '../shell/me.ts'
import { useConsoleApi } from '../trpc.tsx'
import { Field, Input } from '../ui/Field.tsx'
import { toastDone } from '../ui/Toast.tsx'
import { FormDialog } from './FormDialog.tsx'
import { useWrite } from './useWrite.ts'

export default function ChangePasswordDialog({ onClose }: { onClose: () => void }) {
  const api = useConsoleApi()
  const name = useMe()?.name ?? ''
  const [current, setCurrent] = useState('')
  const [password, setPassword] = useState('')
  const [tried, setTried] = useState(false)
  const { busy, error, write } = useWrite(() => {
    toastDone('The password is changed. Other sessions of this account were ended.')
    onClose()
  })
  const weak = passwordProblem(password, name)
  return (
    <FormDialog
      title="Change your password"
      verb="Change password"
      busy={busy}
      error={error}
      onClose={onClose}
      onSubmit={() => {
        setTried(true)
        if (!weak) void write(() => api.accounts.changePassword.mutate({ current, password }))
      }}
    >
      <input type="hidden" name="username" autoComplete="username" value={name} readOnly />
      <Field label="Password now" error={error?.fields.current}>
        <Input
          type="password"
          autoComplete="current-password"
          value={current}
          onChange={event => setCurrent(event.target.value)}
        />
      </Field>
      <Field
        label="New password"
        hint="At least 12 characters."
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
