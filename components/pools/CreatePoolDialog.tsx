'use client'
import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import type { Layout } from '../../server/pools/model.ts'
import { explain } from '../errors.ts'
import { useApi, usePaths, useTRPC } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { useFresh } from '../shell/useFresh.ts'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Checkbox, Field, Input, Select } from '../ui/Field.tsx'
import { bytes, plural } from '../ui/format.ts'
import { PlanDialog } from '../ui/PlanDialog.tsx'
import { Loading } from '../ui/Spinner.tsx'
import { type DiskUse, groupCounts, inSentences, LAYOUT_CHOICES, partsOf, USES } from './layout.ts'
import { TakenDisks } from './TakenDisks.tsx'

/** 4 KiB fits the disks of today, also those that pretend to have smaller sectors. */
const ASHIFTS = [
  { value: '12', label: '12 (4 KiB sectors)' },
  { value: '13', label: '13 (8 KiB sectors)' },
  { value: '9', label: '9 (512 bytes)' },
  { value: 'auto', label: 'As the disks say' },
] as const
type Ashift = (typeof ASHIFTS)[number]['value']

const COMPRESSIONS = [
  { value: 'lz4', label: 'lz4' },
  { value: 'zstd', label: 'zstd' },
  { value: 'off', label: 'off' },
] as const
type Compression = (typeof COMPRESSIONS)[number]['value']

/** A pool out of disks that nobody has: what each disk is for, how the data lies on them, and what that bears. */
export default function CreatePoolDialog({ onClose }: { onClose: () => void }) {
  const paths = usePaths()
  const router = useRouter()
  const query = useQuery(useTRPC().pools.disks.queryOptions(undefined, { staleTime: 0 }))
  const all = useFresh(query)
  const free = all?.filter(disk => disk.takenBy === null) ?? []
  const [name, setName] = useState('')
  const [uses, setUses] = useState<Record<string, DiskUse>>({})
  const [layout, setLayout] = useState<Layout>('mirror')
  const [groupsWanted, setGroups] = useState('1')
  const [ashift, setAshift] = useState<Ashift>('12')
  const [compression, setCompression] = useState<Compression>('lz4')
  const [sure, setSure] = useState<string | null>(null)
  const data = free.filter(disk => uses[disk.name] === 'data').length
  const counts = groupCounts(layout, data)
  const count = counts.find(each => String(each) === groupsWanted) ?? counts[0] ?? 1
  const { groups, extras } = partsOf(free, uses, layout, count)
  const used = [...groups, ...extras].flatMap(each => each.disks)
  const isReady = name !== '' && groups.length > 0
  const action = useAction(
    useApi().pools.create,
    isReady
      ? {
          name,
          groups,
          extras,
          ashift: ashift === 'auto' ? null : Number(ashift),
          compression,
          mountpoint: `/${name}`,
        }
      : null,
    {
      onDone: () => {
        onClose()
        router.push(paths.pool(name))
      },
    },
  )
  const isSure = sure === used.join()
  const blocked = !name
    ? 'Give it a name.'
    : groups.length === 0
      ? 'Choose disks for its data.'
      : isSure
        ? null
        : 'Say that the disks may be overwritten.'
  return (
    <PlanDialog
      title="Create a pool"
      subtitle="Out of whole disks that no pool and no guest has, and that nothing is on."
      verb="Create pool"
      action={action}
      onClose={onClose}
      blocked={blocked}
      width="wide"
    >
      {query.error ? (
        <ErrorNotice error={explain(query.error)} />
      ) : all === undefined ? (
        <Loading what="the disks of this host" lines={3} />
      ) : (
        <>
          <Field label="Name" error={action.fields.name}>
            <Input mono data-autofocus value={name} onChange={event => setName(event.target.value)} />
          </Field>
          <fieldset className="flex flex-col gap-2">
            <legend className="mb-1 font-medium text-sm">Disks</legend>
            {free.length === 0 && (
              <p className="text-muted">
                Every disk of this host is taken. Put in another one, or take the partitions off one of them.
              </p>
            )}
            {free.map(disk => (
              <div key={disk.name} className="grid grid-cols-[4rem_5rem_minmax(0,12rem)] items-center gap-3">
                <span className="font-mono text-sm">{disk.name}</span>
                <span className="text-muted text-sm">
                  {disk.sizeBytes === null ? 'size not told' : bytes(disk.sizeBytes)}
                </span>
                <Select
                  aria-label={`What ${disk.name} is for`}
                  choices={USES}
                  value={uses[disk.name] ?? 'none'}
                  onValue={use => setUses(now => ({ ...now, [disk.name]: use }))}
                />
              </div>
            ))}
            {(action.fields.groups ?? action.fields.extras) && (
              <p className="text-bad text-sm">{action.fields.groups ?? action.fields.extras}</p>
            )}
            <TakenDisks disks={all} />
          </fieldset>
          <div className="grid gap-3 sm:grid-cols-2">
            <Field label="Layout" hint={inSentences(free, groups)}>
              <Select choices={LAYOUT_CHOICES} value={layout} onValue={setLayout} />
            </Field>
            <Field label="Groups" hint="Each group bears its own losses; more groups are quicker.">
              <Select
                choices={(counts.length > 0 ? counts : [1]).map(each => ({
                  value: String(each),
                  label:
                    data > 0
                      ? `${plural(each, 'group')} of ${plural(data / each, 'disk')}`
                      : plural(each, 'group'),
                }))}
                value={String(count)}
                onValue={setGroups}
              />
            </Field>
            <Field label="ashift" hint="Fixed for ever: too small makes it slow.">
              <Select choices={ASHIFTS} value={ashift} onValue={setAshift} />
            </Field>
            <Field label="Compression" hint="Of its root dataset; what is below it inherits it.">
              <Select choices={COMPRESSIONS} value={compression} onValue={setCompression} />
            </Field>
          </div>
          {used.length > 0 && (
            <Checkbox
              label={`${used.join(', ')} may be overwritten`}
              hint="Nothing was found on them, but a disk without partitions can still hold data."
              checked={isSure}
              onChecked={on => setSure(on ? used.join() : null)}
            />
          )}
        </>
      )}
    </PlanDialog>
  )
}
