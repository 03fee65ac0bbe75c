'use client'
import { useState } from 'react'
import { useApi } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { Field, Input } from '../ui/Field.tsx'
import { plural } from '../ui/format.ts'
import { PlanDialog } from '../ui/PlanDialog.tsx'

/** A hold keeps a snapshot from being destroyed until it is released by the same tag. */
export default function HoldSnapshotsDialog({
  snapshots,
  onClose,
}: {
  snapshots: readonly string[]
  onClose: () => void
}) {
  const [tag, setTag] = useState('keep')
  const action = useAction(useApi().snapshots.hold, tag ? { snapshots: [...snapshots], tag } : null, {
    onDone: onClose,
  })
  return (
    <PlanDialog
      title={`Hold ${plural(snapshots.length, 'snapshot')}`}
      subtitle="Held snapshots cannot be destroyed, by anybody, until the hold is released."
      verb="Hold"
      action={action}
      onClose={onClose}
      blocked={tag ? null : 'Give the hold a tag.'}
    >
      <Field label="Tag of the hold" hint="Says who or what needs it." error={action.fields.tag}>
        <Input mono data-autofocus value={tag} onChange={event => setTag(event.target.value)} />
      </Field>
    </PlanDialog>
  )
}
