'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Account, HostException, HostRole } from '../../server/accounts/model.ts'
import { useConsoleApi, useConsoleTRPC } from '../trpc.tsx'
import { type Choice, Field, Select } from '../ui/Field.tsx'
import { Loading } from '../ui/Spinner.tsx'
import { FormDialog } from './FormDialog.tsx'
import { useWrite } from './useWrite.ts'

type Chosen = HostRole | 'same'

/** What an account may do on each host, where that differs from its own role. */
export default function HostRolesDialog({ account, onClose }: { account: Account; onClose: () => void }) {
  const api = useConsoleApi()
  const hosts = useQuery(useConsoleTRPC().hosts.configured.queryOptions()).data
  const [exceptions, setExceptions] = useState<readonly HostException[]>(account.exceptions)
  const { busy, error, write } = useWrite(onClose)
  const choices: readonly Choice<Chosen>[] = [
    { value: 'same', label: `As everywhere: ${account.role}` },
    { value: 'none', label: 'None: the host is hidden' },
    { value: 'viewer', label: 'Viewer' },
    { value: 'operator', label: 'Operator' },
    { value: 'administrator', label: 'Administrator' },
  ]
  function choose(host: string, role: Chosen) {
    const others = exceptions.filter(each => each.host !== host)
    setExceptions(role === 'same' ? others : [...others, { host, role }])
  }
  return (
    <FormDialog
      title={`Roles of ${account.name} on single hosts`}
      verb="Set roles"
      busy={busy}
      error={error}
      blocked={hosts ? null : 'The hosts are loading.'}
      onClose={onClose}
      onSubmit={() =>
        void write(() => api.accounts.setExceptions.mutate({ id: account.id, exceptions: [...exceptions] }))
      }
    >
      <p>{account.name} is signed out everywhere, and has these roles from the next sign-in on.</p>
      {!hosts && <Loading what="the hosts" />}
      {hosts?.map(({ id, name }) => (
        <Field key={id} label={name}>
          <Select
            choices={choices}
            value={exceptions.find(each => each.host === id)?.role ?? 'same'}
            onValue={role => choose(id, role)}
          />
        </Field>
      ))}
    </FormDialog>
  )
}
