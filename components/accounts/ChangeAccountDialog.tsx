'use client'
import { useState } from 'react'
import type { Account } from '../../server/accounts/model.ts'
import { useConsoleApi } from '../trpc.tsx'
import { RadioCards } from '../ui/Field.tsx'
import { FormDialog } from './FormDialog.tsx'
import { ROLE_CHOICES } from './roles.ts'
import { useWrite } from './useWrite.ts'

type Change = 'role' | 'disabled' | 'remove'

/** Role, enabled or not, or away with it. */
export default function ChangeAccountDialog({
  account,
  change,
  onClose,
}: {
  account: Account
  change: Change
  onClose: () => void
}) {
  const api = useConsoleApi()
  const [role, setRole] = useState(account.role)
  const { busy, error, write } = useWrite(onClose)
  const { id, name, disabled } = account
  const words = {
    role: { title: `Change the role of ${name}`, verb: `Make ${name} ${role}` },
    disabled: disabled
      ? { title: `Enable ${name}?`, verb: `Enable ${name}` }
      : { title: `Disable ${name}?`, verb: `Disable ${name}` },
    remove: { title: `Remove ${name}?`, verb: `Remove ${name}` },
  }[change]
  const work = {
    role: () => api.accounts.setRole.mutate({ id, role }),
    disabled: () => api.accounts.setDisabled.mutate({ id, disabled: !disabled }),
    remove: () => api.accounts.remove.mutate({ id }),
  }[change]
  return (
    <FormDialog
      title={words.title}
      verb={words.verb}
      danger={change === 'remove' || (change === 'disabled' && !disabled)}
      busy={busy}
      error={error}
      blocked={change === 'role' && role === account.role ? `${name} has this role already.` : null}
      onClose={onClose}
      onSubmit={() => void write(work)}
    >
      {change === 'role' && (
        <RadioCards legend="Role" choices={ROLE_CHOICES} value={role} onValue={setRole} />
      )}
      {change === 'disabled' && (
        <p>
          {disabled
            ? `${name} can sign in again with the old password.`
            : `${name} is signed out everywhere at once and cannot sign in until somebody enables the account.`}
        </p>
      )}
      {change === 'remove' && (
        <p>
          {name} is signed out everywhere and the account is gone. The tasks of {name} stay in the history.
        </p>
      )}
    </FormDialog>
  )
}
