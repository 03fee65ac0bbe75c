'use client'
import type { Dataset } from '../../server/datasets/model.ts'
import { useApi } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { PlanDialog } from '../ui/PlanDialog.tsx'

/** The clone becomes the original: shared snapshots move to it, and what it was cloned from becomes the clone. */
export default function PromoteDatasetDialog({
  dataset,
  onClose,
}: {
  dataset: Dataset
  onClose: () => void
}) {
  const action = useAction(useApi().datasets.promote, { dataset: dataset.name }, { onDone: onClose })
  return (
    <PlanDialog
      title="Promote"
      subtitle={
        <>
          <span className="font-mono text-sm">{dataset.name}</span>, a clone of{' '}
          <span className="font-mono text-sm">{dataset.origin}</span>
        </>
      }
      verb="Promote"
      action={action}
      onClose={onClose}
    />
  )
}
