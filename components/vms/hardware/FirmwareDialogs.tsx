'use client'
import { useState } from 'react'
import { Checkbox, Field, Input } from '../../ui/Field.tsx'
import { type DeviceDialogProps, EditDialog } from './EditDialog.tsx'
import { useChange } from './useEdit.ts'

export function FirmwareDialog({ vm, onClose }: DeviceDialogProps) {
  const { hardware } = vm
  const [variables, setVariables] = useState(hardware.firmwareVariables)
  const [localTime, setLocalTime] = useState(hardware.localTime)
  const { action, blocked } = useChange(vm, { kind: 'firmware', variables, localTime }, onClose)
  const isUefi = vm.loader.startsWith('uefi')
  return (
    <EditDialog
      vm={vm}
      title={`Firmware of ${vm.name}`}
      verb="Change"
      action={action}
      blocked={blocked}
      fieldsShown={[]}
      onClose={onClose}
    >
      <Checkbox
        label="UEFI variables of its own"
        hint="What the guest writes into its firmware, such as boot entries, is kept in uefi-vars.fd beside the conf."
        checked={variables}
        disabled={!isUefi && !variables && `${vm.loader} has no UEFI variables.`}
        onChecked={setVariables}
      />
      <Checkbox
        label="Clock in local time"
        hint="For Windows. Everything else expects UTC."
        checked={localTime}
        onChecked={setLocalTime}
      />
    </EditDialog>
  )
}

/** virtio-console: named pipes between the guest and programs on the machine. */
export function ConsolePortsDialog({ vm, onClose }: DeviceDialogProps) {
  const [text, setText] = useState(vm.hardware.consolePorts.join(' '))
  const ports = text.split(/[\s,]+/).filter(Boolean)
  const isGood = ports.every(port => /^[A-Za-z0-9._-]{1,32}$/.test(port)) && ports.length <= 16
  const { action, blocked } = useChange(
    vm,
    isGood ? { kind: 'console', ports } : 'Up to 16 names of letters, digits, dot and dash.',
    onClose,
  )
  return (
    <EditDialog
      vm={vm}
      title={`Console ports of ${vm.name}`}
      verb="Change"
      action={action}
      blocked={blocked}
      fieldsShown={['ports']}
      onClose={onClose}
    >
      <Field
        label="Names"
        error={action.fields.ports}
        hint={`Each becomes a socket on the machine: ${vm.directory}/vtcon.NAME. An agent in the guest wants its own name.`}
      >
        <Input mono data-autofocus value={text} onChange={event => setText(event.target.value)} />
      </Field>
    </EditDialog>
  )
}
