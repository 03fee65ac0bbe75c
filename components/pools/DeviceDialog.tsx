'use client'
import { calledAs, type Vdev } from '../../server/pools/model.ts'
import { useApi } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { PlanDialog } from '../ui/PlanDialog.tsx'

const WORDS = {
  offline: {
    verb: 'Take offline',
    subtitle: 'The pool goes on without this device, for example so that it can be pulled out.',
  },
  online: { verb: 'Bring online', subtitle: 'The pool uses the device again and brings it up to date.' },
  detach: { verb: 'Detach', subtitle: 'The device leaves its mirror and belongs to nobody then.' },
}

/** Takes a device of a pool offline, brings it back, or lets it go: the plan is the whole dialog. */
export default function DeviceDialog({
  pool,
  vdev,
  verb,
  onClose,
}: {
  pool: string
  vdev: Vdev
  verb: keyof typeof WORDS
  onClose: () => void
}) {
  const action = useAction(useApi().pools[verb], { pool, device: vdev.name }, { onDone: onClose })
  return (
    <PlanDialog
      title={`${WORDS[verb].verb}: ${calledAs(vdev)} of ${pool}`}
      subtitle={WORDS[verb].subtitle}
      verb={WORDS[verb].verb}
      action={action}
      onClose={onClose}
    />
  )
}
