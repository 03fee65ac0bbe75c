'use client'
import { ChartNoAxesGantt, X } from 'lucide-react'
import { useCallback, useMemo, useState } from 'react'
import type { Snapshot } from '../../server/snapshots/model.ts'
import { explain } from '../errors.ts'
import { useApi, useTRPC } from '../host.tsx'
import { useTools } from '../shell/useTools.ts'
import { Button } from '../ui/Button.tsx'
import { DataTable } from '../ui/DataTable.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import type { Column, Sort } from '../ui/table.ts'
import { useRemoteRows } from '../ui/useRemoteRows.ts'
import { ALL_SNAPSHOT_COLUMNS, SNAPSHOT_COLUMNS } from './columns.tsx'
import { snapshotMenu } from './menu.tsx'
import { ReclaimMeter } from './ReclaimMeter.tsx'
import { Timeline } from './Timeline.tsx'
import type { Period } from './timeline.ts'
import { useTimeline } from './useTimeline.ts'

const SORTS = { name: 'name', created: 'created', used: 'used', referenced: 'referenced' } as const

function sortOf(sort: Sort): { sort: (typeof SORTS)[keyof typeof SORTS]; descending: boolean } {
  const known = Object.values(SORTS).find(each => each === sort.column)
  return { sort: known ?? 'created', descending: sort.descending }
}

/** Snapshots of one dataset, or of everything: windowed, sorted and filtered where they are kept. */
export function SnapshotTable({
  dataset,
  maxHeight,
  extra,
}: {
  dataset?: string
  maxHeight?: string
  /** Columns that only this list has, behind the others. */
  extra?: readonly Column<Snapshot>[]
}) {
  const trpc = useTRPC()
  const api = useApi()
  const tools = useTools()
  const [filter, setFilter] = useState('')
  const [sort, setSort] = useState<Sort>({ column: 'created', descending: true })
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [period, setPeriod] = useState<Period | null>(null)
  const timeline = useTimeline()
  const columns = useMemo(
    () => [...(dataset ? SNAPSHOT_COLUMNS : ALL_SNAPSHOT_COLUMNS), ...(extra ?? [])],
    [dataset, extra],
  )
  const from = period?.from
  const to = period?.to
  const page = useCallback(
    (offset: number, limit: number) => {
      const input = {
        ...(dataset ? { dataset } : {}),
        ...(filter ? { filter } : {}),
        ...(from !== undefined && to !== undefined ? { from, to } : {}),
        ...sortOf(sort),
        offset,
        limit,
      }
      return {
        queryKey: trpc.snapshots.list.queryKey(input),
        queryFn: ({ signal }: { signal?: AbortSignal }) => api.snapshots.list.query(input, { signal }),
      }
    },
    [trpc, api, dataset, filter, sort, from, to],
  )
  const { remote, heardAt, error } = useRemoteRows<Snapshot>(page)
  return (
    <>
      <div
        className={
          timeline.shown
            ? 'grid grid-cols-[minmax(0,1fr)] gap-3 lg:grid-cols-[minmax(0,1fr)_232px]'
            : undefined
        }
      >
        {timeline.shown && (
          <div className="lg:col-start-2 lg:row-start-1 lg:pt-10">
            <Timeline
              {...(dataset ? { dataset } : {})}
              filter={filter}
              value={period}
              onValue={next => {
                setPeriod(next)
                if (next) setSort({ column: 'created', descending: true })
              }}
            />
          </div>
        )}
        <DataTable
          name={dataset ? 'snapshots' : 'all-snapshots'}
          label={dataset ? `Snapshots of ${dataset}` : 'All snapshots'}
          columns={columns}
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
          maxHeight={maxHeight}
          tools={
            <>
              {period && (
                <Button look="quiet" icon={<X aria-hidden size={14} />} onClick={() => setPeriod(null)}>
                  Only {period.label}
                </Button>
              )}
              <Button
                look="quiet"
                icon={<ChartNoAxesGantt aria-hidden size={16} />}
                aria-pressed={timeline.shown}
                onClick={timeline.toggle}
              >
                Timeline
              </Button>
            </>
          }
          empty={
            period ? (
              <EmptyState title="No snapshot of that time is left.">
                Press its line in the timeline again to see all of them.
              </EmptyState>
            ) : (
              <EmptyState title="No snapshot yet.">
                A snapshot keeps this moment. It takes no space until something changes.
              </EmptyState>
            )
          }
        />
      </div>
      {selected.size > 0 && <ReclaimMeter snapshots={selected} onClear={() => setSelected(new Set())} />}
    </>
  )
}
