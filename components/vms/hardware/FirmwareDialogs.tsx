'use client'
import { useState } from 'react'
import { LOADERS } from '../../../server/vms/model.ts'
import { Checkbox, Field, Input, Select } from '../../ui/Field.tsx'
import { type DeviceDialogProps, EditDialog } from './EditDialog.tsx'
import { useChange } from './useEdit.ts'

const LOADER_WORDS: Record<string, string> = {
  uefi: 'uefi: UEFI firmware, for every system',
  'uefi-csm': 'uefi-csm: the old firmware that can also boot like a BIOS',
  'uefi-devel': 'uefi-devel: UEFI firmware, development build',
  'uefi-custom': 'uefi-custom: .config/BHYVE_UEFI.fd of the datastore',
  bhyveload: 'bhyveload: FreeBSD without firmware',
  grub: 'grub: Linux or OpenBSD without firmware, by grub-bhyve',
}

export function FirmwareDialog({ vm, onClose }: DeviceDialogProps) {
  const { hardware } = vm
  const [loader, setLoader] = useState(vm.loader)
  const [variables, setVariables] = useState(hardware.firmwareVariables)
  const [localTime, setLocalTime] = useState(hardware.localTime)
  const { action, blocked } = useChange(vm, { kind: 'firmware', loader, variables, localTime }, onClose)
  const isUefi = loader.startsWith('uefi')
  const loaders = LOADERS.some(known => known === vm.loader) ? LOADERS : [vm.loader, ...LOADERS]
  return (
    <EditDialog
      vm={vm}
      title={`Firmware of ${vm.name}`}
      verb="Change"
      action={action}
      blocked={blocked}
      fieldsShown={['loader']}
      onClose={onClose}
    >
      <Field label="Loader" error={action.fields.loader}>
        <Select
          choices={loaders.map(value => ({ value, label: LOADER_WORDS[value] ?? value }))}
          value={loader}
          onValue={value => {
            setLoader(value)
            if (!value.startsWith('uefi')) setVariables(false)
          }}
        />
      </Field>
      <Checkbox
        label="UEFI variables of its own"
        hint="What the guest writes into its firmware, such as boot entries, is kept in uefi-vars.fd beside the conf."
        checked={variables}
        disabled={!isUefi && !variables && `${loader} has no UEFI variables.`}
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
