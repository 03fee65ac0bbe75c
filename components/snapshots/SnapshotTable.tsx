'use client'
import { useCallback, useState } from 'react'
import type { Snapshot } from '../../server/snapshots/model.ts'
import { explain } from '../errors.ts'
import { useTools } from '../shell/useTools.ts'
import { useApi, useTRPC } from '../trpc.tsx'
import { DataTable } from '../ui/DataTable.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import type { Sort } from '../ui/table.ts'
import { useRemoteRows } from '../ui/useRemoteRows.ts'
import { ALL_SNAPSHOT_COLUMNS, SNAPSHOT_COLUMNS } from './columns.tsx'
import { snapshotMenu } from './menu.tsx'
import { ReclaimMeter } from './ReclaimMeter.tsx'

const SORTS = { name: 'name', created: 'created', used: 'used', referenced: 'referenced' } as const

function sortOf(sort: Sort): { sort: (typeof SORTS)[keyof typeof SORTS]; descending: boolean } {
  const known = Object.values(SORTS).find(each => each === sort.column)
  return { sort: known ?? 'created', descending: sort.descending }
}

/** Snapshots of one dataset, or of everything: windowed, sorted and filtered where they are kept. */
export function SnapshotTable({ dataset }: { dataset?: string }) {
  const trpc = useTRPC()
  const api = useApi()
  const tools = useTools()
  const [filter, setFilter] = useState('')
  const [sort, setSort] = useState<Sort>({ column: 'created', descending: true })
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const page = useCallback(
    (offset: number, limit: number) => {
      const input = {
        ...(dataset ? { dataset } : {}),
        ...(filter ? { filter } : {}),
        ...sortOf(sort),
        offset,
        limit,
      }
      return {
        queryKey: trpc.snapshots.list.queryKey(input),
        queryFn: ({ signal }: { signal?: AbortSignal }) => api.snapshots.list.query(input, { signal }),
      }
    },
    [trpc, api, dataset, filter, sort],
  )
  const { remote, heardAt, error } = useRemoteRows<Snapshot>(page)
  return (
    <>
      <DataTable
        name={dataset ? 'snapshots' : 'all-snapshots'}
        label={dataset ? `Snapshots of ${dataset}` : 'All snapshots'}
        columns={dataset ? SNAPSHOT_COLUMNS : ALL_SNAPSHOT_COLUMNS}
        rowId={row => row.name}
        rowLabel={row => row.name}
        remote={remote}
        error={error ? explain(error) : null}
        heardAt={heardAt}
        filter={{ value: filter, onValue: setFilter }}
        filterLabel="Filter snapshots"
        sort={{ value: sort, onValue: setSort }}
        selection={{ value: selected, onValue: setSelected }}
        menu={row => snapshotMenu(row, tools)}
        empty={
          <EmptyState title="No snapshot yet.">
            A snapshot keeps this moment. It takes no space until something changes.
          </EmptyState>
        }
      />
      {selected.size > 0 && <ReclaimMeter snapshots={selected} onClear={() => setSelected(new Set())} />}
    </>
  )
}
