'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi, useTRPC } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { Field, Input, Select } from '../ui/Field.tsx'
import { plural } from '../ui/format.ts'
import { PlanDialog } from '../ui/PlanDialog.tsx'

/** Releases one tag. For a single snapshot its tags are offered; for several the tag is typed. */
export default function ReleaseSnapshotsDialog({
  snapshots,
  onClose,
}: {
  snapshots: readonly string[]
  onClose: () => void
}) {
  const single = snapshots.length === 1 ? (snapshots[0] ?? '') : ''
  const holds = useQuery({
    ...useTRPC().snapshots.holds.queryOptions({ snapshot: single }),
    enabled: single !== '',
    staleTime: 0,
  })
  const [chosen, setTag] = useState<string | null>(null)
  const tags = holds.data?.value.map(hold => hold.tag) ?? []
  const tag = chosen ?? tags[0] ?? ''
  const action = useAction(useApi().snapshots.release, tag ? { snapshots: [...snapshots], tag } : null, {
    onDone: onClose,
  })
  return (
    <PlanDialog
      title={`Release ${single ? 'a hold' : plural(snapshots.length, 'snapshot')}`}
      subtitle={single ? <span className="font-mono text-sm">{single}</span> : undefined}
      verb="Release"
      action={action}
      onClose={onClose}
      blocked={tag ? null : 'Name the tag of the hold.'}
    >
      <Field label="Tag of the hold" error={action.fields.tag}>
        {tags.length > 0 ? (
          <Select choices={tags.map(each => ({ value: each, label: each }))} value={tag} onValue={setTag} />
        ) : (
          <Input mono value={tag} onChange={event => setTag(event.target.value)} />
        )}
      </Field>
    </PlanDialog>
  )
}
