'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi, useTRPC } from '../../host.tsx'
import { useAction } from '../../shell/useAction.ts'
import { Checkbox, Field, Input, Select } from '../../ui/Field.tsx'
import { type DeviceDialogProps, EditDialog } from './EditDialog.tsx'

/** Gives the guest a directory of the machine (virtio-9p). */
export function ShareDirectoryDialog({ vm, onClose }: DeviceDialogProps) {
  const [path, setPath] = useState('')
  const [tag, setTag] = useState('share')
  const [readonly, setReadonly] = useState(true)
  const isGood = path.startsWith('/') && /^[A-Za-z0-9_-]{1,31}$/.test(tag)
  const action = useAction(
    useApi().vms.share,
    isGood
      ? { vm: vm.name, revision: vm.revision, device: { kind: 'directory', path, tag, readonly } }
      : null,
    { onDone: onClose },
  )
  return (
    <EditDialog
      vm={vm}
      title={`Share a directory with ${vm.name}`}
      verb="Share"
      action={action}
      blocked={!isGood && 'Give a whole path, and a name of letters, digits, dash and underscore.'}
      fieldsShown={['path']}
      onClose={onClose}
    >
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="Directory of the machine" error={action.fields.path}>
          <Input mono data-autofocus value={path} onChange={event => setPath(event.target.value)} />
        </Field>
        <Field label="Name in the guest" hint={`Mounted there with: mount -t p9fs ${tag || 'NAME'} /mnt`}>
          <Input mono value={tag} onChange={event => setTag(event.target.value)} />
        </Field>
      </div>
      <Checkbox
        label="Read-only"
        hint="Without this the guest can change and delete what is there."
        checked={readonly}
        onChecked={setReadonly}
      />
    </EditDialog>
  )
}

/** Gives the guest a port of the SCSI target layer, ctl(4). */
export function ScsiTargetDialog({ vm, onClose }: DeviceDialogProps) {
  const [path, setPath] = useState('/dev/cam/ctl')
  const isGood = /^\/dev\/cam\/ctl\d*(\.\d+)?$/.test(path)
  const action = useAction(
    useApi().vms.share,
    isGood ? { vm: vm.name, revision: vm.revision, device: { kind: 'ctl', path } } : null,
    { onDone: onClose },
  )
  return (
    <EditDialog
      vm={vm}
      title={`Share a SCSI target with ${vm.name}`}
      verb="Share"
      action={action}
      blocked={!isGood && 'A port is /dev/cam/ctl, or /dev/cam/ctl1.0 for port 1, virtual port 0.'}
      fieldsShown={['dataset']}
      onClose={onClose}
    >
      <Field label="Port of ctl(4)" error={action.fields.dataset} hint="Its LUNs are made with ctladm(8).">
        <Input mono data-autofocus value={path} onChange={event => setPath(event.target.value)} />
      </Field>
    </EditDialog>
  )
}

/** Gives the guest a PCI device that ppt(4) keeps for guests. */
export function PciDeviceDialog({ vm, onClose }: DeviceDialogProps) {
  const reserved = useQuery(useTRPC().vms.choices.queryOptions()).data?.reserved
  const [address, setAddress] = useState('')
  const action = useAction(
    useApi().vms.share,
    address === '' ? null : { vm: vm.name, revision: vm.revision, device: { kind: 'pci', address } },
    { onDone: onClose },
  )
  const isNone = reserved?.length === 0
  return (
    <EditDialog
      vm={vm}
      title={`Give a PCI device to ${vm.name}`}
      verb="Give"
      action={action}
      blocked={isNone ? 'No device is kept for guests.' : address === '' && 'Choose a device.'}
      fieldsShown={['address']}
      onClose={onClose}
    >
      <Field
        label="PCI device"
        error={action.fields.address}
        hint="Those that ppt(4) keeps for guests: pptdevs in /boot/loader.conf names them."
      >
        <Select
          data-autofocus
          choices={[
            { value: '', label: isNone ? 'There is none' : 'Choose one' },
            ...(reserved ?? []).map(each => ({
              value: each.address,
              label: `${each.address} (${each.name}) ${each.words}`,
              disabled: each.usedBy === null ? null : `given to ${each.usedBy}`,
            })),
          ]}
          value={address}
          onValue={setAddress}
        />
      </Field>
    </EditDialog>
  )
}

/** What vm-bhyve has no key for. */
export function OptionsDialog({ vm, onClose }: DeviceDialogProps) {
  const [options, setOptions] = useState(vm.hardware.options)
  const [tpm, setTpm] = useState(vm.hardware.tpm ?? '')
  const isSame = options === vm.hardware.options && tpm === (vm.hardware.tpm ?? '')
  const action = useAction(
    useApi().vms.setOptions,
    isSame ? null : { vm: vm.name, revision: vm.revision, options, tpm: tpm || null },
    { onDone: onClose },
  )
  return (
    <EditDialog
      vm={vm}
      title={`Extra options and TPM of ${vm.name}`}
      verb="Set"
      action={action}
      blocked={isSame && 'Nothing is changed yet.'}
      fieldsShown={['bhyve_options', 'tpm']}
      onClose={onClose}
    >
      <Field
        label="Extra options"
        optional
        error={action.fields.bhyve_options}
        hint="Handed to bhyve as they stand, such as -o lpc.fwcfg=qemu. Pins have their place with the CPUs."
      >
        <Input mono data-autofocus value={options} onChange={event => setOptions(event.target.value)} />
      </Field>
      <Field
        label="TPM"
        optional
        error={action.fields.tpm}
        hint="passthru,/dev/tpm0 gives it the machine's; swtpm,/path the socket of an swtpm(8) that runs."
      >
        <Input mono value={tpm} onChange={event => setTpm(event.target.value)} />
      </Field>
    </EditDialog>
  )
}
