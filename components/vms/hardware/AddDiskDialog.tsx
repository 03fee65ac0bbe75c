'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { VmChoices } from '../../../server/vms/model.ts'
import { VOLUME_BLOCK_SIZES } from '../../datasets/choices.ts'
import { explain } from '../../errors.ts'
import { useApi, useTRPC } from '../../host.tsx'
import { useAction } from '../../shell/useAction.ts'
import { useFresh } from '../../shell/useFresh.ts'
import { Dialog } from '../../ui/Dialog.tsx'
import { ErrorNotice } from '../../ui/ErrorNotice.tsx'
import { Checkbox, Field, Input, Select } from '../../ui/Field.tsx'
import { bytes } from '../../ui/format.ts'
import { Loading } from '../../ui/Spinner.tsx'
import { DiskOptions } from './DiskOptions.tsx'
import { type DeviceDialogProps, EditDialog } from './EditDialog.tsx'
import { DISK_CHOICES, type DiskDraft, diskDevice, diskDraft } from './newDisk.ts'

type Props = DeviceDialogProps & { from: DiskDraft['from'] }

/** Another disk: a new zvol, one that no guest uses, an image, or an ISO in a CD drive. */
export function AddDiskDialog(props: Props) {
  const choices = useQuery({ ...useTRPC().vms.choices.queryOptions(), staleTime: 0 })
  const first = useFresh(choices)
  if (first) return <DiskForm {...props} choices={first} />
  return (
    <Dialog open onClose={props.onClose} title={`Add a disk to ${props.vm.name}`} width="wide">
      {choices.error ? (
        <ErrorNotice error={explain(choices.error)} />
      ) : (
        <Loading what="what this host offers" />
      )}
    </Dialog>
  )
}

type Form = {
  draft: DiskDraft
  set: (change: Partial<DiskDraft>) => void
  choices: VmChoices
  fields: Record<string, string>
}

function DiskForm({ vm, from, choices, onClose }: Props & { choices: VmChoices }) {
  const [draft, setDraft] = useState(() => diskDraft(vm, choices, from))
  const set = (change: Partial<DiskDraft>) => setDraft(now => ({ ...now, ...change }))
  const device = diskDevice(draft)
  const action = useAction(
    useApi().vms.addDevice,
    typeof device === 'string' ? null : { vm: vm.name, revision: vm.revision, device },
    { onDone: onClose },
  )
  const { fields } = action
  const opts = `disk${vm.disks.length}_opts`
  const isCd = draft.emulation === 'ahci-cd'
  return (
    <EditDialog
      vm={vm}
      title={`Add a disk to ${vm.name}`}
      verb="Add disk"
      action={action}
      blocked={typeof device === 'string' ? device : null}
      fieldsShown={['dataset', 'sizeBytes', 'volblocksizeBytes', 'path', 'iso', opts]}
      onClose={onClose}
    >
      <div className="grid gap-x-4 gap-y-3 sm:grid-cols-2">
        <Field label="What it is">
          <Select
            data-autofocus
            choices={[
              { value: 'new', label: 'A new zvol' },
              {
                value: 'zvol',
                label: 'A zvol that is there',
                disabled: choices.freeVolumes.length === 0 ? 'every zvol is in use' : null,
              },
              { value: 'file', label: 'A disk image' },
              {
                value: 'iso',
                label: 'An ISO in a CD drive',
                disabled: choices.isos.length === 0 ? 'there is none' : null,
              },
            ]}
            value={draft.from}
            onValue={value => {
              const cd = value === 'iso'
              set({
                from: value,
                ...(cd ? { emulation: 'ahci-cd' as const, options: 'ro' } : {}),
                ...(isCd && !cd ? { emulation: 'virtio-blk' as const, options: '' } : {}),
              })
            }}
          />
        </Field>
        <Field label="Device" hint="The guest needs a driver for it: virtio-blk is no part of Windows.">
          <Select choices={DISK_CHOICES} value={draft.emulation} onValue={emulation => set({ emulation })} />
        </Field>
        <Where draft={draft} set={set} choices={choices} fields={fields} />
      </div>
      {draft.from === 'new' && (
        <Checkbox
          label="Sparse"
          hint="Reserves nothing: the disk takes space as it is written, and the pool can run full under it."
          checked={draft.sparse}
          onChecked={sparse => set({ sparse })}
        />
      )}
      <DiskOptions options={draft.options} onOptions={options => set({ options })} error={fields[opts]} />
    </EditDialog>
  )
}

function Where(props: Form) {
  const { draft, set, choices, fields } = props
  switch (draft.from) {
    case 'new':
      return <NewVolume {...props} />
    case 'zvol':
      return (
        <Field label="Zvol" error={fields.dataset} hint="Those that a guest has are not offered.">
          <Select
            choices={choices.freeVolumes.map(each => ({
              value: each.name,
              label: `${each.name} (${bytes(each.sizeBytes)})`,
            }))}
            value={draft.volume}
            onValue={volume => set({ volume })}
          />
        </Field>
      )
    case 'file':
      return (
        <Field
          label="Path of the image"
          error={fields.path ?? fields.dataset}
          hint="A raw image below a datastore of vm-bhyve."
        >
          <Input mono value={draft.path} onChange={event => set({ path: event.target.value })} />
        </Field>
      )
    case 'iso':
      return (
        <Field label="ISO" error={fields.iso}>
          <Select
            choices={choices.isos.map(each => ({
              value: each.name,
              label: `${each.name} (${bytes(each.sizeBytes)})`,
            }))}
            value={draft.iso}
            onValue={iso => set({ iso })}
          />
        </Field>
      )
  }
}

function NewVolume({ draft, set, choices, fields }: Form) {
  const parent = choices.parents.find(each => each.name === draft.parent)
  return (
    <>
      <Field
        label="Size"
        error={fields.sizeBytes}
        hint={parent && `${bytes(parent.availableBytes)} available.`}
      >
        <Input value={draft.size} onChange={event => set({ size: event.target.value })} />
      </Field>
      <Field label="In dataset">
        <Select
          choices={choices.parents.map(each => ({ value: each.name, label: each.name }))}
          value={draft.parent}
          onValue={name => set({ parent: name })}
        />
      </Field>
      <Field label="Name" error={fields.dataset} hint={`Becomes ${draft.parent}/${draft.leaf || 'NAME'}.`}>
        <Input mono value={draft.leaf} onChange={event => set({ leaf: event.target.value })} />
      </Field>
      <Field
        label="Block size"
        error={fields.volblocksizeBytes}
        hint="16K suits most guests; it cannot be changed later."
      >
        <Select
          choices={VOLUME_BLOCK_SIZES.map(size => ({ value: String(size), label: bytes(size) }))}
          value={draft.volblocksize}
          onValue={volblocksize => set({ volblocksize })}
        />
      </Field>
    </>
  )
}
