'use client'
import { useApi } from '../../host.tsx'
import { useAction } from '../../shell/useAction.ts'
import { type DeviceDialogProps, EditDialog } from './EditDialog.tsx'

/** Back to the conf that the guest was started with. */
export function DiscardPendingDialog({ vm, onClose }: DeviceDialogProps) {
  const action = useAction(
    useApi().vms.discardPending,
    { vm: vm.name, revision: vm.revision },
    { onDone: onClose },
  )
  return (
    <EditDialog
      vm={vm}
      title={`Discard what is pending of ${vm.name}`}
      verb="Discard"
      action={action}
      fieldsShown={[]}
      onClose={onClose}
    >
      <p className="text-muted">
        Its conf becomes again what it was started with, byte for byte. A zvol that was made for it meanwhile
        stays.
      </p>
    </EditDialog>
  )
}
