'use client'
import { useQuery } from '@tanstack/react-query'
import { RotateCw } from 'lucide-react'
import type { PoolAct } from '../../server/pools/history.ts'
import { explain } from '../errors.ts'
import { useTRPC } from '../host.tsx'
import { paths } from '../shell/paths.ts'
import { Button } from '../ui/Button.tsx'
import { copyText } from '../ui/Copy.tsx'
import { DataTable } from '../ui/DataTable.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { RowLink } from '../ui/TableRow.tsx'
import type { Column } from '../ui/table.ts'

const byWhom = ({ task, user }: PoolAct) => (task ? `${task.userName}, by Skep` : (user ?? ''))

const COLUMNS: readonly Column<PoolAct>[] = [
  {
    id: 'at',
    header: 'Host’s clock',
    min: 160,
    always: true,
    cell: act => <span className="tabular-nums text-muted">{act.at}</span>,
    sort: act => -act.index,
    text: act => act.at,
  },
  {
    id: 'command',
    header: 'Command',
    min: 240,
    grow: 5,
    always: true,
    cell: act => (
      <span className="truncate font-mono text-sm" title={act.command}>
        {act.command}
      </span>
    ),
    sort: act => act.command,
    text: act => act.command,
  },
  {
    id: 'user',
    header: 'By',
    min: 140,
    grow: 1,
    cell: act =>
      act.task ? (
        <RowLink href={paths.task(act.task.id)} className="truncate">
          {byWhom(act)}
        </RowLink>
      ) : (
        <span className="truncate">{byWhom(act)}</span>
      ),
    sort: byWhom,
    text: byWhom,
  },
]

/** What was done to the pool by anybody, as the pool itself keeps it; what Skep did leads to its task. */
export function PoolHistory({ pool }: { pool: string }) {
  // Read whole for each look: not kept up to date by events.
  const query = useQuery(useTRPC().pools.history.queryOptions({ pool }, { staleTime: 0 }))
  const older = query.data?.older ?? 0
  return (
    <>
      <DataTable
        name="pool-history"
        label={`History of ${pool}`}
        columns={COLUMNS}
        rows={query.data?.acts}
        rowId={act => String(act.index)}
        error={query.error ? explain(query.error) : null}
        initialSort={{ column: 'at', descending: true }}
        filterLabel="Filter history"
        menu={act => [{ label: 'Copy the command', onSelect: () => void copyText(act.command) }]}
        rowLabel={act => act.command}
        tools={
          <Button
            small
            icon={<RotateCw aria-hidden size={14} />}
            disabled={query.isFetching ? 'It is being read.' : null}
            onClick={() => void query.refetch()}
          >
            Read again
          </Button>
        }
        empty={<EmptyState title="The pool keeps no history." />}
      />
      {older > 0 && (
        <p className="mt-2 text-muted">
          {older.toLocaleString('en')} older commands are not shown: “zpool history {pool}” on the host has
          them.
        </p>
      )}
    </>
  )
}
