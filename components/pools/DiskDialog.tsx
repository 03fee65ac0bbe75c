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

const WORDS = {
  replace: {
    title: (device: string, pool: string) => `Replace ${device} of ${pool}`,
    subtitle: 'What the disk held is written to another one (resilver). The pool stays in use meanwhile.',
    verb: 'Replace',
    with: (by: string) => `Replace by ${by}`,
    field: 'By this disk',
  },
  attach: {
    title: (device: string, pool: string) => `Attach a disk to ${device} of ${pool}`,
    subtitle: 'All of it is copied to another disk (resilver), and both are a mirror then.',
    verb: 'Attach',
    with: (by: string) => `Attach ${by}`,
    field: 'This disk',
  },
}

/** Another disk in the place of this one, or beside it: chosen among those that nobody has, named once more before it is overwritten. */
export default function DiskDialog({
  pool,
  vdev,
  verb,
  onClose,
}: {
  pool: string
  vdev: Vdev
  verb: keyof typeof WORDS
  onClose: () => void
}) {
  const query = useQuery(useTRPC().pools.disks.queryOptions(undefined, { staleTime: 0 }))
  const disks = useFresh(query)
  const free = disks?.filter(disk => disk.takenBy === null) ?? []
  const [chosen, setChosen] = useState<string | null>(null)
  const [typed, setTyped] = useState('')
  const by = chosen ?? free[0]?.name ?? null
  const action = useAction(useApi().pools[verb], by === null ? null : { pool, device: vdev.name, by }, {
    onDone: onClose,
  })
  return (
    <PlanDialog
      title={WORDS[verb].title(calledAs(vdev), pool)}
      subtitle={WORDS[verb].subtitle}
      verb={by === null ? WORDS[verb].verb : WORDS[verb].with(by)}
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
            label={WORDS[verb].field}
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
