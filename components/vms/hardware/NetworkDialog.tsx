'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi, useTRPC } from '../../host.tsx'
import { useAction } from '../../shell/useAction.ts'
import { Field, Input, Select } from '../../ui/Field.tsx'
import { type DeviceDialogProps, EditDialog } from './EditDialog.tsx'
import { useChange } from './useEdit.ts'

type Emulation = 'virtio-net' | 'e1000'
type Draft = { emulation: Emulation; switchName: string; mac: string }

/** A network card: a new one, or (`index`) one that is there. */
export function NetworkDialog({ index, ...props }: DeviceDialogProps & { index: number | null }) {
  return index === null ? <NewCard {...props} /> : <OldCard {...props} index={index} />
}

function NewCard({ vm, onClose }: DeviceDialogProps) {
  const [draft, setDraft] = useState<Draft>({
    emulation: vm.hardware.nics[0]?.emulation === 'e1000' ? 'e1000' : 'virtio-net',
    switchName: '',
    mac: '',
  })
  const { switchName } = draft
  const device = { kind: 'network' as const, emulation: draft.emulation, switchName, mac: draft.mac || null }
  const action = useAction(
    useApi().vms.addDevice,
    switchName === '' ? null : { vm: vm.name, revision: vm.revision, device },
    { onDone: onClose },
  )
  const number = vm.hardware.nics.length
  return (
    <EditDialog
      vm={vm}
      title={`Add a network card to ${vm.name}`}
      verb="Add network card"
      action={action}
      blocked={switchName === '' && 'Choose a switch.'}
      fieldsShown={fieldsOf(number)}
      onClose={onClose}
    >
      <CardFields
        number={number}
        draft={draft}
        set={change => setDraft(now => ({ ...now, ...change }))}
        fields={action.fields}
        isNew
      />
    </EditDialog>
  )
}

function OldCard({ vm, index, onClose }: DeviceDialogProps & { index: number }) {
  const nic = vm.hardware.nics.find(one => one.index === index)
  const [draft, setDraft] = useState<Draft>({
    emulation: nic?.emulation === 'e1000' ? 'e1000' : 'virtio-net',
    switchName: nic?.switchName ?? '',
    mac: nic?.mac ?? '',
  })
  const { action, blocked } = useChange(vm, { kind: 'network', index, ...draft }, onClose)
  return (
    <EditDialog
      vm={vm}
      title={`Network card ${index} of ${vm.name}`}
      verb="Change"
      action={action}
      blocked={blocked}
      fieldsShown={fieldsOf(index)}
      onClose={onClose}
    >
      <CardFields
        number={index}
        draft={draft}
        set={change => setDraft(now => ({ ...now, ...change }))}
        fields={action.fields}
      />
    </EditDialog>
  )
}

const fieldsOf = (number: number) => ['type', 'switch', 'mac'].map(leaf => `network${number}_${leaf}`)

function CardFields({
  number,
  draft,
  set,
  fields,
  isNew,
}: {
  number: number
  draft: Draft
  set: (change: Partial<Draft>) => void
  fields: Record<string, string>
  isNew?: boolean
}) {
  const switches = useQuery(useTRPC().vms.choices.queryOptions()).data?.switches ?? []
  const others = switches.includes(draft.switchName) ? [] : [draft.switchName]
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label="Switch" error={fields[`network${number}_switch`]}>
        <Select
          data-autofocus
          choices={[...others, ...switches].map(name => ({
            value: name,
            label: name === '' ? 'Choose one' : name,
          }))}
          value={draft.switchName}
          onValue={switchName => set({ switchName })}
        />
      </Field>
      <Field
        label="Device"
        error={fields[`network${number}_type`]}
        hint="virtio is faster; Windows needs a driver for it."
      >
        <Select
          choices={[
            { value: 'virtio-net', label: 'virtio-net' },
            { value: 'e1000', label: 'e1000 (Intel)' },
          ]}
          value={draft.emulation}
          onValue={emulation => set({ emulation })}
        />
      </Field>
      <Field
        label="MAC address"
        optional={isNew}
        error={fields[`network${number}_mac`]}
        hint={
          isNew ? 'Empty: one of its own is made up.' : 'The guest may take another address for another card.'
        }
      >
        <Input mono value={draft.mac} onChange={event => set({ mac: event.target.value })} />
      </Field>
    </div>
  )
}
