'use client'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { useApi, usePaths } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { Checkbox, Field, Input, Select } from '../ui/Field.tsx'
import { bytes, parseBytes } from '../ui/format.ts'
import { PlanDialog } from '../ui/PlanDialog.tsx'
import { CHECKSUMS, COMPRESSIONS, INHERIT, VOLUME_BLOCK_SIZES } from './choices.ts'

export default function CreateVolumeDialog({ parent, onClose }: { parent: string; onClose: () => void }) {
  const paths = usePaths()
  const router = useRouter()
  const [name, setName] = useState(`${parent}/`)
  const [size, setSize] = useState('')
  const [volblocksize, setVolblocksize] = useState('16384')
  const [sparse, setSparse] = useState(false)
  const [compression, setCompression] = useState(INHERIT)
  const [checksum, setChecksum] = useState(INHERIT)
  const sizeBytes = parseBytes(size)
  const named = name !== '' && !name.endsWith('/')
  const action = useAction(
    useApi().datasets.createVolume,
    named && sizeBytes
      ? {
          dataset: name,
          sizeBytes,
          volblocksizeBytes: Number(volblocksize),
          sparse,
          ...(compression === INHERIT ? {} : { compression }),
          ...(checksum === INHERIT ? {} : { checksum }),
        }
      : null,
    {
      onDone: () => {
        onClose()
        router.push(paths.dataset(name))
      },
    },
  )
  const { fields } = action
  return (
    <PlanDialog
      title="Create a zvol"
      subtitle="A block device of the pool: the disk of a guest."
      verb="Create zvol"
      action={action}
      onClose={onClose}
      blocked={!named ? 'Complete the name.' : sizeBytes ? null : 'Give a size such as 40G.'}
    >
      <Field label="Name" error={fields.dataset}>
        <Input mono data-autofocus value={name} onChange={event => setName(event.target.value)} />
      </Field>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field
          label="Size"
          hint="Such as 40G; a multiple of the block size."
          error={
            size && !sizeBytes
              ? 'A size is a number and a unit: 40G, 1.5T.'
              : (fields.sizeBytes ?? fields.size)
          }
        >
          <Input value={size} onChange={event => setSize(event.target.value)} />
        </Field>
        <Field
          label="Block size"
          hint="volblocksize; it cannot be changed later."
          error={fields.volblocksizeBytes}
        >
          <Select
            choices={VOLUME_BLOCK_SIZES.map(each => ({ value: String(each), label: bytes(each) }))}
            value={volblocksize}
            onValue={setVolblocksize}
          />
        </Field>
        <Field label="Compression" error={fields.compression}>
          <Select choices={COMPRESSIONS} value={compression} onValue={setCompression} />
        </Field>
        <Field label="Checksum" error={fields.checksum}>
          <Select choices={CHECKSUMS} value={checksum} onValue={setChecksum} />
        </Field>
      </div>
      <Checkbox
        label="Sparse"
        hint="Reserves nothing: the pool can run full under it."
        checked={sparse}
        onChecked={setSparse}
      />
    </PlanDialog>
  )
}
