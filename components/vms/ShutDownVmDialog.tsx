'use client'
import { useState } from 'react'
import { useApi } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { Field, Select } from '../ui/Field.tsx'
import { PlanDialog } from '../ui/PlanDialog.tsx'
import type { VmDialogProps } from './dialog.ts'
import { StopLadder } from './StopLadder.tsx'

/** Choices of how long a guest may take to shut down. */
export const FORCE_OFF_AFTER = [
  { value: '30', label: '30 seconds' },
  { value: '90', label: '90 seconds' },
  { value: '300', label: '5 minutes' },
  { value: '1800', label: '30 minutes' },
] as const
export type Grace = (typeof FORCE_OFF_AFTER)[number]['value']

/** The ladder: asked by its power button, asked again, forced off when the time is over. */
export default function ShutDownVmDialog({ vm, onClose }: VmDialogProps) {
  const [grace, setGrace] = useState<Grace>('90')
  const action = useAction(
    useApi().vms.shutdown,
    { vm: vm.name, graceSeconds: Number(grace) },
    { onDone: onClose },
  )
  return (
    <PlanDialog
      title={`Shut down ${vm.name}`}
      subtitle="The guest is asked by its power button (ACPI), as a person would press it."
      verb="Shut down"
      action={action}
      onClose={onClose}
      facts={<StopLadder vm={vm.name} />}
      footnote="You can force it off earlier, here or on its page."
    >
      <Field label="Force it off after" hint="A guest that is still in its firmware ends at once.">
        <Select choices={FORCE_OFF_AFTER} value={grace} onValue={setGrace} />
      </Field>
    </PlanDialog>
  )
}
