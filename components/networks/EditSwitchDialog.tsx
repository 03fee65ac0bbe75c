'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { hasTrial, type SwitchRow } from '../../server/networks/model.ts'
import { explain } from '../errors.ts'
import { useApi, useTRPC } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { useFresh } from '../shell/useFresh.ts'
import { Field, Select } from '../ui/Field.tsx'
import { PlanDialog } from '../ui/PlanDialog.tsx'
import { type SwitchDraft, SwitchFields, switchInputOf, vlanProblem } from './SwitchFields.tsx'

/** How long the change may wait to be kept. */
const WITHIN = [
  { value: '15', label: '15 seconds' },
  { value: '60', label: '1 minute' },
  { value: '300', label: '5 minutes' },
] as const
type Within = (typeof WITHIN)[number]['value']

/** Ports, VLAN, address and private of a standard switch, in the kernel and in vm-bhyve's settings together. */
export default function EditSwitchDialog({ one, onClose }: { one: SwitchRow; onClose: () => void }) {
  const { name, declared } = one
  const query = useQuery(useTRPC().networks.list.queryOptions(undefined, { staleTime: 0 }))
  const known = useFresh(query)?.value
  const [first] = useState<SwitchDraft>(() => ({
    ports: declared?.ports ?? [],
    vlan: declared?.vlan ?? '',
    address: declared?.addresses.find(each => !each.includes(':')) ?? '',
    isPrivate: declared?.isPrivate ?? false,
  }))
  const [draft, setDraft] = useState(first)
  const [within, setWithin] = useState<Within>('60')
  const problem = vlanProblem(draft)
  const isSame = JSON.stringify(draft) === JSON.stringify(first)
  const action = useAction(
    useApi().networks.edit,
    problem === null && !isSame ? { name, ...switchInputOf(draft), keepWithinSeconds: Number(within) } : null,
    { onDone: onClose },
  )
  return (
    <PlanDialog
      title={`Change the switch ${name}`}
      subtitle="In the kernel at once, and in vm-bhyve’s settings. When a command fails, what was changed is taken back."
      verb="Change switch"
      action={action}
      onClose={onClose}
      blocked={problem ?? (isSame ? 'Nothing is changed yet.' : null)}
    >
      <SwitchFields
        draft={draft}
        set={change => setDraft(now => ({ ...now, ...change }))}
        interfaces={known?.interfaces}
        error={query.error && explain(query.error)}
        fields={action.fields}
      />
      {hasTrial(action.plan?.facts) && (
        <Field
          label="Take it back unless it is kept within"
          hint="The host does so by itself, also when it cannot be reached any more."
        >
          <Select choices={WITHIN} value={within} onValue={setWithin} />
        </Field>
      )}
    </PlanDialog>
  )
}
