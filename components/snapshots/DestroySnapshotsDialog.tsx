'use client'
import { useApi } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { plural } from '../ui/format.ts'
import { PlanDialog } from '../ui/PlanDialog.tsx'

type Props = { snapshots: readonly string[]; onClose: () => void; onDone?: () => void }

/** Destroys exactly the named snapshots; held and cloned ones are refused by name before anything runs. */
export default function DestroySnapshotsDialog({ snapshots, onClose, onDone }: Props) {
  const action = useAction(
    useApi().snapshots.destroy,
    { snapshots: [...snapshots] },
    {
      onDone: () => {
        onDone?.()
        onClose()
      },
    },
  )
  const many = plural(snapshots.length, 'snapshot')
  return (
    <PlanDialog
      title={`Destroy ${many}`}
      subtitle="What only they keep is gone for good."
      verb={`Destroy ${many}`}
      danger
      action={action}
      onClose={onClose}
    />
  )
}
