'use client'
import type { Dataset } from '../../server/datasets/model.ts'
import { useApi } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { PlanDialog } from '../ui/PlanDialog.tsx'

/** Mounts a filesystem that is not, and unmounts one that is. What it was when the dialog opened decides. */
export default function MountDialog({ dataset, onClose }: { dataset: Dataset; onClose: () => void }) {
  const { mount, unmount } = useApi().datasets
  const verb = dataset.mounted ? 'Unmount' : 'Mount'
  const action = useAction(dataset.mounted ? unmount : mount, { dataset: dataset.name }, { onDone: onClose })
  return (
    <PlanDialog
      title={`${verb} ${dataset.name}`}
      subtitle={
        dataset.mounted
          ? 'Its files cannot be reached until it is mounted again; nothing in it changes.'
          : 'Its files can be reached again at its mount point.'
      }
      verb={verb}
      action={action}
      onClose={onClose}
    />
  )
}
