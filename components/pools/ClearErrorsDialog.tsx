'use client'
import { calledAs, type Vdev } from '../../server/pools/model.ts'
import { useApi } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { PlanDialog } from '../ui/PlanDialog.tsx'

/** Resets the counters of a device, or (null) of the whole pool. */
export default function ClearErrorsDialog({
  pool,
  vdev,
  onClose,
}: {
  pool: string
  vdev: Vdev | null
  onClose: () => void
}) {
  const action = useAction(useApi().pools.clear, { pool, device: vdev?.name ?? null }, { onDone: onClose })
  return (
    <PlanDialog
      title={`Clear the errors of ${vdev ? `${calledAs(vdev)} in ` : ''}${pool}`}
      subtitle="The counters begin anew, so that the next error is seen."
      verb="Clear errors"
      action={action}
      onClose={onClose}
    />
  )
}
