'use client'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import type { Dataset } from '../../server/datasets/model.ts'
import { useApi, usePaths } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { Field, Input } from '../ui/Field.tsx'
import { PlanDialog } from '../ui/PlanDialog.tsx'

/** Destroys it with everything the plan names; its last name is typed before the button is live. */
export default function DestroyDatasetDialog({
  dataset,
  onClose,
}: {
  dataset: Dataset
  onClose: () => void
}) {
  const paths = usePaths()
  const router = useRouter()
  const last = dataset.name.slice(dataset.name.lastIndexOf('/') + 1)
  const [typed, setTyped] = useState('')
  const action = useAction(
    useApi().datasets.destroy,
    { dataset: dataset.name },
    {
      onDone: () => {
        onClose()
        router.push(paths.datasets())
      },
    },
  )
  return (
    <PlanDialog
      title={`Destroy ${last}`}
      subtitle={<span className="font-mono text-sm">{dataset.name}</span>}
      verb={dataset.type === 'volume' ? 'Destroy the zvol' : 'Destroy the filesystem'}
      danger
      action={action}
      onClose={onClose}
      blocked={typed === last ? null : `Type ${last} to confirm.`}
    >
      <Field label={`Type ${last} to confirm`}>
        <Input mono data-autofocus value={typed} onChange={event => setTyped(event.target.value)} />
      </Field>
    </PlanDialog>
  )
}
