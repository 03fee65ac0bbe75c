'use client'
import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import type { CreateVmInput } from '../../server/vms/input.ts'
import { GUEST_KINDS, type GuestKind, type VmChoices } from '../../server/vms/model.ts'
import { explain } from '../errors.ts'
import { paths } from '../shell/paths.ts'
import { useAction } from '../shell/useAction.ts'
import { useFresh } from '../shell/useFresh.ts'
import { useApi, useTRPC } from '../trpc.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Checkbox, Field, Input, Select } from '../ui/Field.tsx'
import { bytes, parseBytes } from '../ui/format.ts'
import { PlanDialog } from '../ui/PlanDialog.tsx'
import { Loading } from '../ui/Spinner.tsx'

const KINDS: Record<GuestKind, string> = {
  freebsd: 'FreeBSD',
  linux: 'Linux',
  windows: 'Windows',
  openbsd: 'OpenBSD',
  netbsd: 'NetBSD',
  other: 'Something else',
}
const NONE = ''

/** `volume`: an existing zvol that the form begins with. */
export default function CreateVmDialog({ volume, onClose }: { volume?: string | null; onClose: () => void }) {
  const choices = useQuery({ ...useTRPC().vms.choices.queryOptions(), staleTime: 0 })
  const first = useFresh(choices)
  if (first) {
    return <CreateForm choices={first} volume={volume ?? null} onClose={onClose} />
  }
  return (
    <Dialog open onClose={onClose} title="New virtual machine" width="wide">
      {choices.error ? (
        <ErrorNotice error={explain(choices.error)} />
      ) : (
        <Loading what="what this host offers" />
      )}
    </Dialog>
  )
}

type Draft = {
  name: string
  kind: GuestKind
  datastore: string
  cpus: string
  memory: string
  diskFrom: 'new' | 'existing'
  parent: string
  size: string
  sparse: boolean
  volblocksize: string
  volume: string
  emulation: 'virtio-blk' | 'nvme' | 'ahci-hd'
  switchName: string
  resolution: string
  iso: string
}

function draftFor(kind: GuestKind, choices: VmChoices, volume: string | null): Draft {
  const preset = choices.presets[kind]
  const datastore = choices.datastores[0]
  return {
    name: '',
    kind,
    datastore: datastore?.name ?? 'default',
    cpus: String(Math.min(preset.cpus, choices.maxCpus)),
    memory: bytes(preset.memoryMiB * 2 ** 20),
    diskFrom: volume ? 'existing' : 'new',
    parent: datastore?.dataset ?? choices.parents[0]?.name ?? '',
    size: bytes(preset.diskBytes),
    sparse: false,
    volblocksize: '16384',
    volume: volume ?? choices.freeVolumes[0]?.name ?? '',
    emulation: preset.emulation,
    switchName: choices.switches[0] ?? NONE,
    resolution: preset.resolution,
    iso: NONE,
  }
}

/** The input of the plan, or the sentence that says what is missing. */
function inputOf(draft: Draft): CreateVmInput | string {
  if (!draft.name) return 'Give it a name.'
  const memory = parseBytes(draft.memory)
  if (!/^\d+$/.test(draft.cpus)) return 'CPUs are a whole number.'
  if (memory === null || memory < 2 ** 25) return 'Memory is a size such as 4G.'
  const size = parseBytes(draft.size)
  if (draft.diskFrom === 'new' && (size === null || size === 0)) return 'The disk needs a size such as 40G.'
  if (draft.diskFrom === 'existing' && !draft.volume) return 'Choose a zvol.'
  return {
    name: draft.name,
    kind: draft.kind,
    datastore: draft.datastore,
    cpus: Number(draft.cpus),
    memoryMiB: Math.round(memory / 2 ** 20),
    disk:
      draft.diskFrom === 'new'
        ? {
            from: 'new',
            dataset: `${draft.parent}/${draft.name}/disk0`,
            sizeBytes: size ?? 0,
            sparse: draft.sparse,
            volblocksizeBytes: Number(draft.volblocksize),
            emulation: draft.emulation,
          }
        : { from: 'existing', dataset: draft.volume, emulation: draft.emulation },
    switchName: draft.switchName || null,
    resolution: draft.resolution || null,
    iso: draft.iso || null,
  }
}

function CreateForm({
  choices,
  volume,
  onClose,
}: {
  choices: VmChoices
  volume: string | null
  onClose: () => void
}) {
  const router = useRouter()
  const [draft, setDraft] = useState(() => draftFor('linux', choices, volume))
  const set = (change: Partial<Draft>) => setDraft(now => ({ ...now, ...change }))
  const input = inputOf(draft)
  const complete = typeof input === 'string' ? null : input
  const action = useAction(useApi().vms.create, complete, {
    onDone: () => {
      onClose()
      router.push(paths.vm(draft.name))
    },
  })
  const { fields } = action
  const parent = choices.parents.find(each => each.name === draft.parent)
  return (
    <PlanDialog
      title="New virtual machine"
      subtitle="UEFI, conf and directory as vm-bhyve keeps them: vm(8) can start and stop it too."
      verb="Create"
      width="wide"
      action={action}
      onClose={onClose}
      blocked={typeof input === 'string' ? input : null}
    >
      <div className="grid gap-x-4 gap-y-3 sm:grid-cols-2">
        <Field label="Name" error={fields.name} hint="Letters, digits, dot, dash and underscore.">
          <Input
            mono
            data-autofocus
            value={draft.name}
            onChange={event => set({ name: event.target.value })}
          />
        </Field>
        <Field label="What it is going to be" hint="Fills in sizes and devices that suit it.">
          <Select
            choices={GUEST_KINDS.map(kind => ({ value: kind, label: KINDS[kind] }))}
            value={draft.kind}
            onValue={kind => {
              const { cpus, memory, size, emulation, resolution } = draftFor(kind, choices, volume)
              set({ kind, cpus, memory, size, emulation, resolution })
            }}
          />
        </Field>
        <Field label="CPUs" error={fields.cpus} hint={`This host has ${choices.maxCpus}.`}>
          <Input
            inputMode="numeric"
            value={draft.cpus}
            onChange={event => set({ cpus: event.target.value })}
          />
        </Field>
        <Field label="Memory" error={fields.memoryMiB} hint={`This host has ${bytes(choices.memoryBytes)}.`}>
          <Input value={draft.memory} onChange={event => set({ memory: event.target.value })} />
        </Field>
        <Field label="Disk">
          <Select
            choices={[
              { value: 'new', label: 'A new zvol' },
              {
                value: 'existing',
                label: 'An existing zvol',
                disabled: choices.freeVolumes.length === 0 ? 'every zvol is in use' : null,
              },
            ]}
            value={draft.diskFrom}
            onValue={diskFrom => set({ diskFrom })}
          />
        </Field>
        {draft.diskFrom === 'existing' ? (
          <Field label="Zvol" error={fields.disk ?? fields.dataset}>
            <Select
              choices={choices.freeVolumes.map(each => ({
                value: each.name,
                label: `${each.name} (${bytes(each.sizeBytes)})`,
              }))}
              value={draft.volume}
              onValue={name => set({ volume: name })}
            />
          </Field>
        ) : (
          <Field
            label="Size"
            error={fields.sizeBytes ?? fields.disk}
            hint={parent && `${bytes(parent.availableBytes)} available in ${parent.name}`}
          >
            <Input value={draft.size} onChange={event => set({ size: event.target.value })} />
          </Field>
        )}
        {draft.diskFrom === 'new' && (
          <>
            <Field
              label="In dataset"
              hint={`Becomes ${draft.parent}/${draft.name || 'NAME'}/disk0.`}
              error={fields.dataset}
            >
              <Select
                choices={choices.parents.map(each => ({ value: each.name, label: each.name }))}
                value={draft.parent}
                onValue={name => set({ parent: name })}
              />
            </Field>
            <Field label="Block size" hint="16K suits most guests; it cannot be changed later.">
              <Select
                choices={[4096, 8192, 16384, 32768, 65536, 131072].map(size => ({
                  value: String(size),
                  label: bytes(size),
                }))}
                value={draft.volblocksize}
                onValue={volblocksize => set({ volblocksize })}
              />
            </Field>
          </>
        )}
        <Field label="Disk's device">
          <Select
            choices={[
              { value: 'virtio-blk', label: 'virtio-blk' },
              { value: 'nvme', label: 'NVMe' },
              { value: 'ahci-hd', label: 'AHCI (SATA)' },
            ]}
            value={draft.emulation}
            onValue={emulation => set({ emulation })}
          />
        </Field>
        <Field label="Network" error={fields.switchName}>
          <Select
            choices={[
              ...choices.switches.map(name => ({ value: name, label: `Switch ${name}` })),
              { value: NONE, label: 'None' },
            ]}
            value={draft.switchName}
            onValue={switchName => set({ switchName })}
          />
        </Field>
        <Field label="Screen" error={fields.resolution}>
          <Select
            choices={[
              { value: '1024x768', label: '1024×768' },
              { value: '1280x720', label: '1280×720' },
              { value: '1600x900', label: '1600×900' },
              { value: '1920x1080', label: '1920×1080' },
              { value: NONE, label: 'None, serial only' },
            ]}
            value={draft.resolution}
            onValue={resolution => set({ resolution })}
          />
        </Field>
        <Field label="ISO in its drive" error={fields.iso}>
          <Select
            choices={[
              { value: NONE, label: 'None' },
              ...choices.isos.map(each => ({
                value: each.name,
                label: `${each.name} (${bytes(each.sizeBytes)})`,
              })),
            ]}
            value={draft.iso}
            onValue={iso => set({ iso })}
          />
        </Field>
      </div>
      {draft.diskFrom === 'new' && (
        <Checkbox
          label="Sparse"
          hint="Reserves nothing: the disk takes space as it is written, and the pool can run full under it."
          checked={draft.sparse}
          onChecked={sparse => set({ sparse })}
        />
      )}
    </PlanDialog>
  )
}
