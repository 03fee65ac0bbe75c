'use client'
import { useState } from 'react'
import { Field, Input } from '../../ui/Field.tsx'
import { type DeviceDialogProps, EditDialog } from './EditDialog.tsx'
import { useChange } from './useEdit.ts'

const FIELDS = [
  ['pcpu', 'limit_pcpu', 'CPU', 'Percent of one CPU: 150 is one and a half.'],
  ['priority', 'priority', 'Priority', '-20 comes first, 20 last; 0 is ordinary.'],
  ['rbps', 'limit_rbps', 'Reading', 'Bytes a second, such as 50M.'],
  ['wbps', 'limit_wbps', 'Writing', 'Bytes a second, such as 50M.'],
  ['riops', 'limit_riops', 'Reads', 'Operations a second.'],
  ['wiops', 'limit_wiops', 'Writes', 'Operations a second.'],
] as const

/** What the guest may take of the machine at most: renice(8) and rctl(8) of its process. */
export function LimitsDialog({ vm, onClose }: DeviceDialogProps) {
  const [limits, setLimits] = useState(vm.hardware.limits)
  const { action, blocked } = useChange(vm, { kind: 'limits', limits }, onClose)
  return (
    <EditDialog
      vm={vm}
      title={`Limits of ${vm.name}`}
      verb="Change"
      action={action}
      blocked={blocked}
      fieldsShown={FIELDS.map(([, key]) => key)}
      onClose={onClose}
    >
      <p className="text-muted">Empty: as much as it wants.</p>
      <div className="grid gap-3 sm:grid-cols-2">
        {FIELDS.map(([name, key, label, hint]) => (
          <Field key={name} label={label} hint={hint} error={action.fields[key]}>
            <Input
              value={limits[name]}
              onChange={event => setLimits(now => ({ ...now, [name]: event.target.value.trim() }))}
            />
          </Field>
        ))}
      </div>
    </EditDialog>
  )
}
