'use client'
import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { explain } from '../errors.ts'
import { usePaths, useTRPC } from '../host.tsx'
import { useTools } from '../shell/useTools.ts'
import { DataTable } from '../ui/DataTable.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { PageHeader } from '../ui/Page.tsx'
import { POOL_COLUMNS } from './columns.tsx'
import { poolMenu } from './menu.tsx'

export function PoolsPage() {
  const paths = usePaths()
  const pools = useQuery(useTRPC().pools.list.queryOptions())
  const tools = useTools()
  const router = useRouter()
  return (
    <>
      <PageHeader title="Pools" />
      <DataTable
        name="pools"
        label="Pools"
        columns={POOL_COLUMNS}
        rows={pools.data?.value}
        rowId={row => row.name}
        error={pools.error && explain(pools.error)}
        heardAt={pools.data?.heardAt}
        initialSort={{ column: 'name', descending: false }}
        filterLabel={null}
        onOpen={row => router.push(paths.pool(row.name))}
        menu={row => poolMenu(row, tools)}
        empty={
          <EmptyState title="No pool on this machine.">
            Create or import one with zpool(8) on the host; it appears here by itself.
          </EmptyState>
        }
      />
    </>
  )
}
