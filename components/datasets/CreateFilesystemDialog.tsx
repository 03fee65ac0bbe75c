'use client'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { useApi, usePaths } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { Field, Input, Select } from '../ui/Field.tsx'
import { parseBytes } from '../ui/format.ts'
import { PlanDialog } from '../ui/PlanDialog.tsx'
import { CHECKSUMS, COMPRESSIONS, INHERIT, RECORD_SIZES } from './choices.ts'

export default function CreateFilesystemDialog({ parent, onClose }: { parent: string; onClose: () => void }) {
  const paths = usePaths()
  const router = useRouter()
  const [name, setName] = useState(`${parent}/`)
  const [compression, setCompression] = useState(INHERIT)
  const [checksum, setChecksum] = useState(INHERIT)
  const [recordsize, setRecordsize] = useState(INHERIT)
  const [quota, setQuota] = useState('')
  const [mountpoint, setMountpoint] = useState('')
  const quotaBytes = parseBytes(quota)
  const recordsizeBytes = parseBytes(recordsize)
  const named = name !== '' && !name.endsWith('/')
  const action = useAction(
    useApi().datasets.createFilesystem,
    named && (quota === '' || quotaBytes)
      ? {
          dataset: name,
          ...(compression === INHERIT ? {} : { compression }),
          ...(checksum === INHERIT ? {} : { checksum }),
          ...(recordsizeBytes ? { recordsizeBytes } : {}),
          ...(quotaBytes ? { quotaBytes } : {}),
          ...(mountpoint ? { mountpoint } : {}),
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
      title="Create a filesystem"
      verb="Create filesystem"
      action={action}
      onClose={onClose}
      blocked={!named ? 'Complete the name.' : quota && !quotaBytes ? 'The quota is not a size.' : null}
    >
      <Field label="Name" error={fields.dataset}>
        <Input mono data-autofocus value={name} onChange={event => setName(event.target.value)} />
      </Field>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="Compression" error={fields.compression}>
          <Select choices={COMPRESSIONS} value={compression} onValue={setCompression} />
        </Field>
        <Field label="Checksum" error={fields.checksum}>
          <Select choices={CHECKSUMS} value={checksum} onValue={setChecksum} />
        </Field>
        <Field label="Record size" error={fields.recordsizeBytes}>
          <Select choices={RECORD_SIZES} value={recordsize} onValue={setRecordsize} />
        </Field>
        <Field
          label="Quota"
          optional
          hint="The most it may take with its snapshots and children."
          error={quota && !quotaBytes ? 'A size is a number and a unit: 500G, 2T.' : fields.quotaBytes}
        >
          <Input value={quota} onChange={event => setQuota(event.target.value)} />
        </Field>
      </div>
      <Field
        label="Mount point"
        optional
        hint="A path, none or legacy; the parent's when left empty."
        error={fields.mountpoint}
      >
        <Input mono value={mountpoint} onChange={event => setMountpoint(event.target.value)} />
      </Field>
    </PlanDialog>
  )
}
