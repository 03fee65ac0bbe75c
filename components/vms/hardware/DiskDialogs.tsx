'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi, useTRPC } from '../../host.tsx'
import { useAction } from '../../shell/useAction.ts'
import { Field, Input, Select } from '../../ui/Field.tsx'
import { bytes, parseBytes } from '../../ui/format.ts'
import { PlanDialog } from '../../ui/PlanDialog.tsx'
import { DiskOptions } from './DiskOptions.tsx'
import { type DeviceDialogProps, EditDialog } from './EditDialog.tsx'
import { DISK_CHOICES, emulationOf } from './newDisk.ts'
import { useChange } from './useEdit.ts'

type Props = DeviceDialogProps & { index: number }

/** Device, options, and for a CD drive what is in it. */
export function ChangeDiskDialog({ vm, index, onClose }: Props) {
  const disk = vm.hardware.disks.find(one => one.index === index)
  const now = disk?.emulation ?? ''
  const [emulation, setEmulation] = useState(now)
  const [options, setOptions] = useState(disk?.options ?? '')
  const [iso, setIso] = useState('')
  const isos = useQuery(useTRPC().vms.choices.queryOptions()).data?.isos ?? []
  const { action, blocked } = useChange(
    vm,
    {
      kind: 'disk',
      index,
      emulation,
      options,
      source: iso === '' ? null : { from: 'iso', name: iso },
    },
    onClose,
  )
  const { fields } = action
  const isPlain = emulationOf(now) !== null
  return (
    <EditDialog
      vm={vm}
      title={`Disk ${index} of ${vm.name}`}
      verb="Change"
      action={action}
      blocked={blocked}
      fieldsShown={[`disk${index}_type`, `disk${index}_opts`, 'iso']}
      onClose={onClose}
    >
      <p className="font-mono text-muted text-sm break-all">{disk?.dataset ?? disk?.path}</p>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field
          label="Device"
          error={fields[`disk${index}_type`]}
          hint="An installed guest may not find its disk behind another device."
        >
          <Select
            data-autofocus
            disabled={!isPlain}
            choices={isPlain ? DISK_CHOICES : [{ value: now, label: now }]}
            value={emulation}
            onValue={setEmulation}
          />
        </Field>
        {emulation === 'ahci-cd' && (
          <Field label="In the drive" error={fields.iso}>
            <Select
              choices={[
                { value: '', label: 'What is in it now' },
                ...isos.map(each => ({ value: each.name, label: `${each.name} (${bytes(each.sizeBytes)})` })),
              ]}
              value={iso}
              onValue={setIso}
            />
          </Field>
        )}
      </div>
      <DiskOptions options={options} onOptions={setOptions} error={fields[`disk${index}_opts`]} />
    </EditDialog>
  )
}

/** Larger, never smaller. */
export function GrowDiskDialog({ vm, index, onClose }: Props) {
  const disk = vm.disks.find(one => one.index === index)
  const volumes = useQuery(useTRPC().datasets.list.queryOptions()).data?.value
  const now = volumes?.find(each => each.name === disk?.dataset)?.volsizeBytes ?? null
  const [size, setSize] = useState('')
  const asked = parseBytes(size)
  const action = useAction(
    useApi().vms.growDisk,
    asked === null || asked === 0 ? null : { vm: vm.name, index, sizeBytes: asked },
    { onDone: onClose },
  )
  return (
    <PlanDialog
      title={`Grow disk ${index} of ${vm.name}`}
      verb="Grow"
      action={action}
      onClose={onClose}
      blocked={asked === null || asked === 0 ? 'Give the new size, such as 40G.' : null}
    >
      <p className="font-mono text-muted text-sm break-all">{disk?.dataset ?? disk?.path}</p>
      <Field
        label="New size"
        error={action.fields.sizeBytes}
        hint={
          now === null
            ? 'A disk is never made smaller.'
            : `It has ${bytes(now)} now and is never made smaller.`
        }
      >
        <Input data-autofocus value={size} onChange={event => setSize(event.target.value)} />
      </Field>
    </PlanDialog>
  )
}

const REMOVABLE = { disk: 'disk', network: 'network card', passthru: 'PCI device' } as const

/** Takes a disk, a card or a PCI device out of the conf; what is on the disk stays. */
export function RemoveDeviceDialog({ vm, kind, index, onClose }: Props & { kind: keyof typeof REMOVABLE }) {
  const action = useAction(
    useApi().vms.removeDevice,
    { vm: vm.name, revision: vm.revision, device: { kind, index } },
    { onDone: onClose },
  )
  const { disks, nics, passthru } = vm.hardware
  const what = `${REMOVABLE[kind]} ${index}`
  const last = { disk: disks, network: nics, passthru }[kind].length
  return (
    <EditDialog
      vm={vm}
      title={`Remove ${what} from ${vm.name}`}
      verb="Remove"
      action={action}
      fieldsShown={[]}
      onClose={onClose}
    >
      {index < last - 1 && (
        <p className="text-muted">
          Those after it move up by one number: vm-bhyve stops looking at the first that is missing.
        </p>
      )}
    </EditDialog>
  )
}
