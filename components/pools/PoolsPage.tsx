'use client'
import { useQuery } from '@tanstack/react-query'
import { HardDriveDownload, Plus } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { explain } from '../errors.ts'
import { usePaths, useTRPC } from '../host.tsx'
import { useTools } from '../shell/useTools.ts'
import { Button } from '../ui/Button.tsx'
import { DataTable } from '../ui/DataTable.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { PageHeader } from '../ui/Page.tsx'
import { POOL_COLUMNS } from './columns.tsx'
import { createPool, importPool, newPoolReason, poolMenu } from './menu.tsx'

export function PoolsPage() {
  const paths = usePaths()
  const pools = useQuery(useTRPC().pools.list.queryOptions())
  const tools = useTools()
  const router = useRouter()
  const why = newPoolReason(tools)
  const actions = (
    <div className="flex flex-wrap gap-2">
      <Button icon={<HardDriveDownload size={16} />} disabled={why} onClick={() => importPool(tools)}>
        Import
      </Button>
      <Button look="primary" icon={<Plus size={16} />} disabled={why} onClick={() => createPool(tools)}>
        Create pool
      </Button>
    </div>
  )
  return (
    <>
      <PageHeader title="Pools" actions={actions} />
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
          <EmptyState title="No pool on this machine." action={actions}>
            One that is created or imported on the host appears here by itself.
          </EmptyState>
        }
      />
    </>
  )
}
