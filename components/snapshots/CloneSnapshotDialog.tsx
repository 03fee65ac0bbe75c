'use client'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import type { Snapshot } from '../../server/snapshots/model.ts'
import { useApi, usePaths } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { Field, Input } from '../ui/Field.tsx'
import { PlanDialog } from '../ui/PlanDialog.tsx'

/** A writable dataset that begins as the snapshot. */
export default function CloneSnapshotDialog({
  snapshot,
  onClose,
}: {
  snapshot: Snapshot
  onClose: () => void
}) {
  const paths = usePaths()
  const router = useRouter()
  const [target, setTarget] = useState(`${snapshot.dataset}-${snapshot.tag}`.slice(0, 255))
  const action = useAction(useApi().snapshots.clone, target ? { snapshot: snapshot.name, target } : null, {
    onDone: () => {
      onClose()
      router.push(paths.dataset(target))
    },
  })
  return (
    <PlanDialog
      title="Clone a snapshot"
      subtitle={<span className="font-mono text-sm">{snapshot.name}</span>}
      verb="Clone"
      action={action}
      onClose={onClose}
      blocked={target ? null : 'Name the clone.'}
    >
      <Field
        label="Name of the clone"
        hint="In the same pool. It takes space only for what changes; the snapshot cannot be destroyed while it exists."
        error={action.fields.target}
      >
        <Input mono data-autofocus value={target} onChange={event => setTarget(event.target.value)} />
      </Field>
    </PlanDialog>
  )
}
