'use client'
import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { explain } from '../errors.ts'
import { useApi, usePaths, useTRPC } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { useFresh } from '../shell/useFresh.ts'
import { Field, Input } from '../ui/Field.tsx'
import { PlanDialog } from '../ui/PlanDialog.tsx'
import { type SwitchDraft, SwitchFields, switchInputOf, vlanProblem } from './SwitchFields.tsx'

/** A standard switch, as “vm switch create” makes it. */
export default function CreateSwitchDialog({ onClose }: { onClose: () => void }) {
  const paths = usePaths()
  const router = useRouter()
  const query = useQuery(useTRPC().networks.list.queryOptions(undefined, { staleTime: 0 }))
  const known = useFresh(query)?.value
  const [name, setName] = useState('')
  const [draft, setDraft] = useState<SwitchDraft>({ ports: [], vlan: '', address: '', isPrivate: false })
  const problem = vlanProblem(draft)
  const action = useAction(
    useApi().networks.create,
    name !== '' && problem === null ? { name, ...switchInputOf(draft) } : null,
    {
      onDone: () => {
        onClose()
        router.push(paths.network(name))
      },
    },
  )
  return (
    <PlanDialog
      title="Create a switch"
      subtitle="A bridge that guests are plugged into, kept by vm-bhyve."
      verb="Create switch"
      action={action}
      onClose={onClose}
      blocked={name === '' ? 'Give it a name.' : problem}
    >
      <Field label="Name" error={action.fields.name} hint="Such as public or lab.">
        <Input mono data-autofocus value={name} onChange={event => setName(event.target.value)} />
      </Field>
      <SwitchFields
        draft={draft}
        set={change => setDraft(now => ({ ...now, ...change }))}
        interfaces={known?.interfaces}
        error={query.error && explain(query.error)}
        fields={action.fields}
      />
    </PlanDialog>
  )
}
