'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { calledAs, type Vdev } from '../../server/pools/model.ts'
import { explain } from '../errors.ts'
import { useApi, useTRPC } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { useFresh } from '../shell/useFresh.ts'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Field, Input, Select } from '../ui/Field.tsx'
import { PlanDialog } from '../ui/PlanDialog.tsx'
import { Loading } from '../ui/Spinner.tsx'
import { TakenDisks } from './TakenDisks.tsx'

/** Another disk in the place of this one: chosen among those that nobody has, named once more before it is overwritten. */
export default function ReplaceDialog({
  pool,
  vdev,
  onClose,
}: {
  pool: string
  vdev: Vdev
  onClose: () => void
}) {
  const query = useQuery(useTRPC().pools.disks.queryOptions(undefined, { staleTime: 0 }))
  const disks = useFresh(query)
  const free = disks?.filter(disk => disk.takenBy === null) ?? []
  const [chosen, setChosen] = useState<string | null>(null)
  const [typed, setTyped] = useState('')
  const by = chosen ?? free[0]?.name ?? null
  const action = useAction(useApi().pools.replace, by === null ? null : { pool, device: vdev.name, by }, {
    onDone: onClose,
  })
  return (
    <PlanDialog
      title={`Replace ${calledAs(vdev)} of ${pool}`}
      subtitle="What the disk held is written to another one (resilver). The pool stays in use meanwhile."
      verb={by === null ? 'Replace' : `Replace by ${by}`}
      danger
      action={action}
      onClose={onClose}
      blocked={by === null ? 'There is no disk to take.' : typed === by ? null : `Type ${by} to confirm.`}
    >
      {query.error ? (
        <ErrorNotice error={explain(query.error)} />
      ) : disks === undefined ? (
        <Loading what="the disks of this host" lines={2} />
      ) : (
        <>
          <Field
            label="By this disk"
            error={action.fields.by}
            hint={
              free.length > 0
                ? 'Whole disks that no pool and no guest has, and that nothing is on.'
                : 'Every disk of this host is taken. Put in another one, or take the partitions off one of them.'
            }
          >
            <Select
              choices={free.map(disk => ({ value: disk.name, label: disk.name }))}
              value={by ?? ''}
              onValue={setChosen}
            />
          </Field>
          <TakenDisks disks={disks} />
          {by !== null && (
            <Field label={`Type ${by} to confirm`} hint="Everything on it is overwritten.">
              <Input mono value={typed} onChange={event => setTyped(event.target.value)} />
            </Field>
          )}
        </>
      )}
    </PlanDialog>
  )
}
