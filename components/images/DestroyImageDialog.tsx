'use client'
import type { ImageRow } from '../../server/images/model.ts'
import { useApi } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { PlanDialog } from '../ui/PlanDialog.tsx'

/** Removes the file; the plan names it with its size and time, and another file of that name is not removed. */
export default function DestroyImageDialog({ image, onClose }: { image: ImageRow; onClose: () => void }) {
  const action = useAction(useApi().images.destroy, { path: image.path }, { onDone: onClose })
  return (
    <PlanDialog
      title={image.isPart ? `Destroy what has arrived of ${image.name}` : `Destroy ${image.name}`}
      subtitle="The file is removed. Guests that were installed from it keep what they have."
      verb="Destroy image"
      danger
      action={action}
      onClose={onClose}
    />
  )
}
