'use client'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import type { Dataset } from '../../server/datasets/model.ts'
import { useApi, usePaths } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { Field, Input } from '../ui/Field.tsx'
import { PlanDialog } from '../ui/PlanDialog.tsx'

/** A new name, also below another parent of the same pool. */
export default function RenameDatasetDialog({ dataset, onClose }: { dataset: Dataset; onClose: () => void }) {
  const paths = usePaths()
  const router = useRouter()
  const [to, setTo] = useState(dataset.name)
  const changed = to !== '' && to !== dataset.name
  const action = useAction(useApi().datasets.rename, changed ? { dataset: dataset.name, to } : null, {
    onDone: () => {
      onClose()
      router.push(paths.dataset(to))
    },
  })
  return (
    <PlanDialog
      title="Rename"
      subtitle={<span className="font-mono text-sm">{dataset.name}</span>}
      verb="Rename"
      action={action}
      onClose={onClose}
      blocked={changed ? null : 'Enter the new name.'}
    >
      <Field label="New name" hint="The whole name, in the same pool." error={action.fields.to}>
        <Input mono data-autofocus value={to} onChange={event => setTo(event.target.value)} />
      </Field>
    </PlanDialog>
  )
}
