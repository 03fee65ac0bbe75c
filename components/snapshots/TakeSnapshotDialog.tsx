'use client'
import { useState } from 'react'
import { useApi } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { Checkbox, Field, Input } from '../ui/Field.tsx'
import { listing } from '../ui/format.ts'
import { PlanDialog } from '../ui/PlanDialog.tsx'
import { toastDone } from '../ui/Toast.tsx'

/** `2026-11-22-1530`: sorts by time and is legal everywhere. */
function momentTag(now: Date): string {
  const part = (value: number) => String(value).padStart(2, '0')
  return `${now.getFullYear()}-${part(now.getMonth() + 1)}-${part(now.getDate())}-${part(now.getHours())}${part(now.getMinutes())}`
}

/** One point in time of one or several datasets, with everything below them when wanted. */
export default function TakeSnapshotDialog({
  datasets,
  onClose,
}: {
  datasets: readonly string[]
  onClose: () => void
}) {
  const [tag, setTag] = useState(() => momentTag(new Date()))
  const [recursive, setRecursive] = useState(false)
  const action = useAction(
    useApi().snapshots.create,
    tag ? { datasets: [...datasets], tag, recursive } : null,
    {
      onDone: (_, outcome) => {
        toastDone(outcome)
        onClose()
      },
    },
  )
  return (
    <PlanDialog
      title="Take a snapshot"
      subtitle={<span className="font-mono text-sm">{listing(datasets)}</span>}
      verb="Take snapshot"
      action={action}
      onClose={onClose}
      blocked={tag ? null : 'Give it a name.'}
    >
      <Field label="Name" hint="What stands behind the @." error={action.fields.tag}>
        <Input mono data-autofocus value={tag} onChange={event => setTag(event.target.value)} />
      </Field>
      <Checkbox
        label="With everything below"
        hint="All of them at the same moment."
        checked={recursive}
        onChecked={setRecursive}
      />
    </PlanDialog>
  )
}
