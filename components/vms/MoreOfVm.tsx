import type { VmChoices } from '../../server/vms/model.ts'
import { VOLUME_BLOCK_SIZES } from '../datasets/choices.ts'
import { Checkbox, Field, Select } from '../ui/Field.tsx'
import { bytes } from '../ui/format.ts'
import { type Draft, NONE } from './newVm.ts'

type Props = {
  draft: Draft
  set: (change: Partial<Draft>) => void
  choices: VmChoices
  fields: Record<string, string>
}

/** What a new guest has sensible values for already: place and blocks of its disk, devices. */
export function MoreOfVm({ draft, set, choices, fields }: Props) {
  const isNew = draft.diskFrom === 'new'
  const wrong = ['datastore', 'dataset', 'resolution'].some(field => fields[field])
  return (
    <details open={wrong || undefined} className="rounded-lg border border-line px-3 py-2">
      <summary className="cursor-pointer text-muted hover:text-text">
        More: {isNew && 'dataset, block size, sparse, '}disk device, screen
        {choices.datastores.length > 1 && ', datastore'}
      </summary>
      <div className="mt-3 grid gap-x-4 gap-y-3 sm:grid-cols-2">
        {choices.datastores.length > 1 && (
          <Field label="Datastore" error={fields.datastore} hint="Where its conf is kept.">
            <Select
              choices={choices.datastores.map(each => ({ value: each.name, label: each.name }))}
              value={draft.datastore}
              onValue={name => {
                const { dataset = null } = choices.datastores.find(each => each.name === name) ?? {}
                set({ datastore: name, ...(dataset ? { parent: dataset } : {}) })
              }}
            />
          </Field>
        )}
        {isNew && (
          <>
            <Field label="In dataset" error={fields.dataset}>
              <Select
                choices={choices.parents.map(each => ({ value: each.name, label: each.name }))}
                value={draft.parent}
                onValue={name => set({ parent: name })}
              />
            </Field>
            <Field label="Block size" hint="16K suits most guests; it cannot be changed later.">
              <Select
                choices={VOLUME_BLOCK_SIZES.map(size => ({ value: String(size), label: bytes(size) }))}
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
      </div>
      {isNew && (
        <Checkbox
          className="mt-2"
          label="Sparse"
          hint="Reserves nothing: the disk takes space as it is written, and the pool can run full under it."
          checked={draft.sparse}
          onChecked={sparse => set({ sparse })}
        />
      )}
    </details>
  )
}
