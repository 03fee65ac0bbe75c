'use client'
import type { PoolDetail } from '../../server/pools/model.ts'
import { roleReason } from '../shell/me.ts'
import { useTools } from '../shell/useTools.ts'
import { Button } from '../ui/Button.tsx'
import { DataTable } from '../ui/DataTable.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import type { Column } from '../ui/table.ts'
import { upgradePool, upgradeReason } from './menu.tsx'

type Feature = { name: string; state: string }

/** zpool-features(7) */
const MEANINGS: Readonly<Record<string, string>> = {
  active: 'In use: a ZFS that does not know it cannot open the pool, or only read-only.',
  enabled: 'May be used, and is not yet.',
  disabled: 'This ZFS knows it, the pool does not.',
}

const COLUMNS: readonly Column<Feature>[] = [
  {
    id: 'name',
    header: 'Feature',
    min: 160,
    grow: 1,
    always: true,
    cell: row => <span className="truncate font-mono text-sm">{row.name}</span>,
    sort: row => row.name,
    text: row => row.name,
  },
  {
    id: 'state',
    header: 'State',
    min: 90,
    always: true,
    cell: row => <span className={row.state === 'disabled' ? 'font-medium' : undefined}>{row.state}</span>,
    sort: row => row.state,
    text: row => row.state,
  },
  {
    id: 'meaning',
    header: 'That means',
    min: 220,
    grow: 3,
    cell: row => (
      <span className="truncate text-muted" title={MEANINGS[row.state]}>
        {MEANINGS[row.state] ?? ''}
      </span>
    ),
    text: row => MEANINGS[row.state] ?? '',
  },
]

/** What the pool is able to do, and what else this ZFS could do with it. */
export function PoolFeatures({ pool }: { pool: PoolDetail }) {
  const tools = useTools()
  return (
    <DataTable
      name="pool-features"
      label={`Features of ${pool.name}`}
      columns={COLUMNS}
      rows={Object.entries(pool.features).map(([name, state]) => ({
        name: name.replace(/^feature@/, ''),
        state,
      }))}
      rowId={row => row.name}
      initialSort={{ column: 'name', descending: false }}
      filterLabel="Filter features"
      tools={
        <Button
          small
          disabled={roleReason(tools.role, 'administrator') ?? upgradeReason(pool)}
          onClick={() => upgradePool(pool.name, tools)}
        >
          Enable new features…
        </Button>
      }
      empty={<EmptyState title="This pool has no features: it is older than they are." />}
    />
  )
}
