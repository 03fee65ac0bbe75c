'use client'
import { useRouter } from 'next/navigation'
import { useApi, usePaths } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { PlanDialog } from '../ui/PlanDialog.tsx'

/** Everything in it leaves this host, and is there again when it is imported: here or on another machine. */
export default function ExportPoolDialog({ pool, onClose }: { pool: string; onClose: () => void }) {
  const paths = usePaths()
  const router = useRouter()
  const action = useAction(
    useApi().pools.export,
    { pool },
    {
      onDone: () => {
        onClose()
        router.push(paths.pools())
      },
    },
  )
  return (
    <PlanDialog
      title={`Export ${pool}`}
      subtitle="Nothing in it is lost: it can be imported again, here or on another machine that gets its disks."
      verb="Export"
      action={action}
      onClose={onClose}
    />
  )
}
