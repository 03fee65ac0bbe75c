'use client'
import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { createVmFactsOf, GUEST_KINDS, type GuestKind, type VmChoices } from '../../server/vms/model.ts'
import { explain } from '../errors.ts'
import { useApi, usePaths, useTRPC } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { useFresh } from '../shell/useFresh.ts'
import { Banner } from '../ui/Banner.tsx'
import { CodeBlock } from '../ui/Copy.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Field, Input, Select } from '../ui/Field.tsx'
import { bytes, parseBytes } from '../ui/format.ts'
import { PlanDialog } from '../ui/PlanDialog.tsx'
import { Loading } from '../ui/Spinner.tsx'
import { commandLines } from './argv.ts'
import { CloudFields } from './CloudFields.tsx'
import { MoreOfVm } from './MoreOfVm.tsx'
import { type Draft, draftFor, inputOf, NONE, volumeName } from './newVm.ts'
import { NOT_SET_UP, SetUpVms } from './SetUpVms.tsx'

const KINDS: Record<GuestKind, string> = {
  freebsd: 'FreeBSD',
  linux: 'Linux',
  windows: 'Windows',
  openbsd: 'OpenBSD',
  netbsd: 'NetBSD',
  other: 'Something else',
}

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

function CreateForm({
  choices,
  volume,
  onClose,
}: {
  choices: VmChoices
  volume: string | null
  onClose: () => void
}) {
  const paths = usePaths()
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
  const facts = createVmFactsOf(action.plan?.facts)
  const isNew = draft.diskFrom === 'new'
  return (
    <PlanDialog
      title="New virtual machine"
      subtitle="UEFI, conf and directory as vm-bhyve keeps them: vm(8) can start and stop it too."
      verb="Create"
      width="wide"
      action={action}
      onClose={onClose}
      blocked={choices.datastores.length === 0 ? NOT_SET_UP : typeof input === 'string' ? input : null}
      openCommands
      facts={facts && complete && <FirstCommand argv={facts.argv} />}
    >
      {choices.datastores.length === 0 && (
        <Banner tone="warning" title={NOT_SET_UP}>
          <SetUpVms />
        </Banner>
      )}
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
        <Field label="ISO in its drive" error={fields.iso} hint="It starts from it while its disk is empty.">
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
        <Field label="CPUs" error={fields.cpus} hint={`This host gives a guest up to ${choices.maxCpus}.`}>
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
        {isNew ? (
          <Field
            label="Size"
            error={fields.sizeBytes ?? fields.disk}
            hint={parent && `${bytes(parent.availableBytes)} available. Becomes ${volumeName(draft)}.`}
          >
            <Input value={draft.size} onChange={event => set({ size: event.target.value })} />
          </Field>
        ) : (
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
        )}
        {isNew && choices.images.length > 0 && (
          <Field
            label="Disk begins with"
            error={fields.image}
            className="sm:col-span-2"
            hint="A disk image of the library, such as a cloud image: it is copied onto the new zvol."
          >
            <Select
              choices={[
                { value: NONE, label: 'Nothing: it is empty' },
                ...choices.images.map(each => ({ value: each.path, label: imageLabel(each) })),
              ]}
              value={draft.image}
              onValue={image => {
                const needed = choices.images.find(each => each.path === image)?.diskBytes ?? 0
                const now = parseBytes(draft.size) ?? 0
                set({ image, ...(needed > now && { size: bytesUp(needed) }) })
              }}
            />
          </Field>
        )}
      </div>
      {isNew && draft.image !== NONE && (
        <CloudFields
          draft={draft.cloud}
          set={change => set({ cloud: { ...draft.cloud, ...change } })}
          fields={fields}
        />
      )}
      <MoreOfVm draft={draft} set={set} choices={choices} fields={fields} />
    </PlanDialog>
  )
}

const imageLabel = ({ name, diskBytes }: VmChoices['images'][number]): string =>
  diskBytes === null ? name : `${name} (${bytes(diskBytes)})`

/** A size that is typed is whole GiB, and no less than what is needed. */
const bytesUp = (needed: number): string => `${Math.ceil(needed / 2 ** 30)} GiB`

/** The command behind the guest, before there is one. */
function FirstCommand({ argv }: { argv: readonly string[] }) {
  if (argv.length === 0) return null
  return (
    <details>
      <summary className="cursor-pointer text-muted hover:text-text">
        The bhyve command it will start with
      </summary>
      <CodeBlock text={commandLines(argv)} label="bhyve's command line" className="mt-2" />
    </details>
  )
}
