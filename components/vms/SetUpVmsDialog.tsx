'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { explain } from '../errors.ts'
import { useApi, useTRPC } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Field, Input } from '../ui/Field.tsx'
import { PlanDialog } from '../ui/PlanDialog.tsx'

/** Makes a machine a home of guests, as vm-bhyve's own instructions do. */
export default function SetUpVmsDialog({ onClose }: { onClose: () => void }) {
  const pools = useQuery(useTRPC().pools.list.queryOptions())
  const [typed, setTyped] = useState<string | null>(null)
  const [first] = pools.data?.value ?? []
  const dataset = typed ?? (first ? `${first.name}/vm` : '')
  const action = useAction(useApi().vms.setUp, dataset === '' ? null : { dataset }, { onDone: onClose })
  return (
    <PlanDialog
      title="Set up guests on this machine"
      subtitle="What vm-bhyve’s own instructions do: a dataset for guests, its directories, the modules, and two lines of rc.conf. “vm” finds all of it."
      verb="Set up"
      action={action}
      onClose={onClose}
      blocked={
        pools.data && !first
          ? 'There is no pool on this machine yet.'
          : dataset === ''
            ? 'Name the dataset.'
            : null
      }
    >
      {pools.error && !pools.data && <ErrorNotice error={explain(pools.error)} />}
      <Field
        label="Dataset for guests"
        error={action.fields.dataset}
        hint="A new one, or a filesystem that is there and mounted."
      >
        <Input mono data-autofocus value={dataset} onChange={event => setTyped(event.target.value)} />
      </Field>
    </PlanDialog>
  )
}
