'use client'
import { useQuery } from '@tanstack/react-query'
import { Camera } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { explain } from '../errors.ts'
import { usePaths, useTRPC } from '../host.tsx'
import { roleReason } from '../shell/me.ts'
import { useTools } from '../shell/useTools.ts'
import { takeSnapshot } from '../snapshots/menu.tsx'
import { Button } from '../ui/Button.tsx'
import { DataTable } from '../ui/DataTable.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { plural } from '../ui/format.ts'
import { PageHeader } from '../ui/Page.tsx'
import { DATASET_COLUMNS } from './columns.tsx'
import { datasetMenu } from './menu.tsx'

export function DatasetsPage() {
  const paths = usePaths()
  const datasets = useQuery(useTRPC().datasets.list.queryOptions())
  const tools = useTools()
  const router = useRouter()
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  return (
    <>
      <PageHeader
        title="Datasets"
        actions={
          <Button
            icon={<Camera size={16} />}
            disabled={
              roleReason(tools.role, 'operator') ??
              (selected.size === 0 ? 'Tick the datasets that belong into one snapshot.' : null)
            }
            onClick={() => takeSnapshot(tools, [...selected].sort())}
          >
            {selected.size > 0 ? `Take snapshot of ${plural(selected.size, 'dataset')}` : 'Take snapshot'}
          </Button>
        }
      />
      <DataTable
        name="datasets"
        label="Datasets"
        columns={DATASET_COLUMNS}
        rows={datasets.data?.value}
        rowId={row => row.name}
        error={datasets.error && explain(datasets.error)}
        heardAt={datasets.data?.heardAt}
        initialSort={{ column: 'name', descending: false }}
        filterLabel="Filter datasets"
        selection={{ value: selected, onValue: setSelected }}
        onOpen={row => router.push(paths.dataset(row.name))}
        menu={row => datasetMenu(row, tools)}
        empty={
          <EmptyState title="No dataset.">
            Datasets live in pools. Create a pool with zpool(8) on the host first; it appears here by itself.
          </EmptyState>
        }
      />
    </>
  )
}
