'use client'
import { useApi } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { PlanDialog } from '../ui/PlanDialog.tsx'

/** The plan says which features, and what may not read the pool afterwards. */
export default function UpgradePoolDialog({ pool, onClose }: { pool: string; onClose: () => void }) {
  const action = useAction(useApi().pools.upgrade, { pool }, { onDone: onClose })
  return (
    <PlanDialog
      title={`Enable the new features of ${pool}`}
      subtitle="What this ZFS can do and the pool does not know yet. Nothing in it is rewritten."
      verb="Enable"
      danger
      action={action}
      onClose={onClose}
    />
  )
}
