'use client'
import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { type ImportablePool, isForeign } from '../../server/pools/model.ts'
import { explain } from '../errors.ts'
import { useApi, usePaths, useTRPC } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { useFresh } from '../shell/useFresh.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Checkbox, Field, Input, Select } from '../ui/Field.tsx'
import { PlanDialog } from '../ui/PlanDialog.tsx'
import { Loading } from '../ui/Spinner.tsx'

/** Looks on all disks for pools that are not imported. */
export default function ImportPoolDialog({ onClose }: { onClose: () => void }) {
  const query = useQuery(useTRPC().pools.importable.queryOptions(undefined, { staleTime: 0 }))
  const pools = useFresh(query)
  if (pools && pools.length > 0) return <ImportForm pools={pools} onClose={onClose} />
  return (
    <Dialog open onClose={onClose} title="Import a pool">
      {query.error ? (
        <ErrorNotice error={explain(query.error)} />
      ) : pools ? (
        <EmptyState title="No pool to import.">
          The disks of this host hold no pool that is exported or was destroyed. One in other directories is
          found with “zpool import -d DIRECTORY” on the host.
        </EmptyState>
      ) : (
        <Loading what="the labels of all disks" lines={2} />
      )}
    </Dialog>
  )
}

function about({ name, guid, state, isDestroyed }: ImportablePool): string {
  return `${name} · ${isDestroyed ? 'destroyed' : state} · ${guid}`
}

function ImportForm({ pools, onClose }: { pools: readonly ImportablePool[]; onClose: () => void }) {
  const paths = usePaths()
  const router = useRouter()
  const [guid, setGuid] = useState(pools[0]?.guid ?? '')
  const [newName, setNewName] = useState('')
  const [readonly, setReadonly] = useState(false)
  const [unmounted, setUnmounted] = useState(false)
  /** The pool of which somebody has said that no other system uses it. */
  const [freed, setFreed] = useState<string | null>(null)
  const chosen = pools.find(each => each.guid === guid)
  const name = newName || (chosen?.name ?? '')
  const action = useAction(
    useApi().pools.import,
    { guid, newName: newName || null, readonly, unmounted, force: freed === guid },
    {
      onDone: () => {
        onClose()
        router.push(paths.pool(name))
      },
    },
  )
  return (
    <PlanDialog
      title="Import a pool"
      subtitle="Its disks are here, and it is not in use."
      verb={`Import ${name}`}
      action={action}
      onClose={onClose}
    >
      <Field label="Pool">
        <Select
          choices={pools.map(each => ({ value: each.guid, label: about(each) }))}
          value={guid}
          onValue={setGuid}
        />
      </Field>
      {chosen && (
        <ul aria-label={`Disks of ${chosen.name}`} className="flex flex-col gap-0.5 font-mono text-sm">
          {chosen.vdevs.map(each => (
            <li key={`${each.depth}/${each.name}`} style={{ paddingInlineStart: `${each.depth * 1.25}rem` }}>
              {each.name}{' '}
              <span className="font-sans text-muted">
                {[each.state, each.note].filter(Boolean).join(' · ')}
              </span>
            </li>
          ))}
        </ul>
      )}
      <Field label="New name" optional hint="The one it has when left empty." error={action.fields.newName}>
        <Input mono value={newName} onChange={event => setNewName(event.target.value)} />
      </Field>
      <Checkbox
        label="Read-only"
        hint="Nothing is written to it: to look at it, or to save what is on it."
        checked={readonly}
        onChecked={setReadonly}
      />
      <Checkbox
        label="Mount nothing"
        hint="Its filesystems may want places that are in use here."
        checked={unmounted}
        onChecked={setUnmounted}
      />
      {chosen && isForeign(chosen) && (
        <Checkbox
          label="No other system uses it any more"
          hint={action.fields.force ?? 'Another system had it last, and has not exported it.'}
          checked={freed === guid}
          onChecked={on => setFreed(on ? guid : null)}
        />
      )}
    </PlanDialog>
  )
}
