'use client'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { useApi, usePaths } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { Checkbox, Field, Input } from '../ui/Field.tsx'
import { PlanDialog } from '../ui/PlanDialog.tsx'
import type { VmDialogProps } from './dialog.ts'

/** A second guest from this one: clones of its zvols, a new uuid and new MAC addresses. */
export default function CloneVmDialog({ vm, tag = null, onClose }: VmDialogProps & { tag?: string | null }) {
  const paths = usePaths()
  const router = useRouter()
  const [name, setName] = useState(`${vm.name}-clone`)
  const [network, setNetwork] = useState(false)
  const action = useAction(useApi().vms.clone, name ? { vm: vm.name, tag, name, network } : null, {
    onDone: () => {
      onClose()
      router.push(paths.vm(name))
    },
  })
  return (
    <PlanDialog
      title={`Clone ${vm.name}`}
      subtitle={
        tag
          ? `As it was at @${tag}. It shares blocks with the original and takes space only for what changes.`
          : 'As it is now, from a fresh snapshot. It takes space only for what changes.'
      }
      verb="Clone"
      action={action}
      onClose={onClose}
      blocked={name ? null : 'Give it a name.'}
    >
      <Field label="Name of the new guest" error={action.fields.name}>
        <Input mono value={name} onChange={event => setName(event.target.value)} />
      </Field>
      <Checkbox
        label="With network cards on the same switches"
        hint="Two guests with the same address on one network disturb each other: leave it off until you have changed the clone's."
        checked={network}
        onChecked={setNetwork}
      />
    </PlanDialog>
  )
}
