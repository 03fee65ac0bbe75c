'use client'
import { useQuery } from '@tanstack/react-query'
import { ListOrdered, Monitor, Plus } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useMemo, useState } from 'react'
import { explain } from '../errors.ts'
import { usePaths, useTRPC } from '../host.tsx'
import { useTools } from '../shell/useTools.ts'
import { Button } from '../ui/Button.tsx'
import { DataTable } from '../ui/DataTable.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { PageHeader } from '../ui/Page.tsx'
import { vmColumns } from './columns.tsx'
import { createVm, createVmReason, openStartOrder, vmMenu } from './menu.tsx'
import { ScreenCards } from './ScreenCards.tsx'
import { NOT_SET_UP, SetUpVms } from './SetUpVms.tsx'
import { VmSelection } from './VmSelection.tsx'

export function VmsPage() {
  const paths = usePaths()
  const trpc = useTRPC()
  const vms = useQuery(trpc.vms.list.queryOptions())
  const tools = useTools()
  const router = useRouter()
  const [screens, setScreens] = useState(false)
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  const selected = vms.data?.value.filter(vm => ticked.has(vm.name)) ?? []
  // The tree has read the datasets already; the zvols' sizes are among them.
  const datasets = useQuery(trpc.datasets.list.queryOptions()).data?.value
  const columns = useMemo(() => {
    const sizes = new Map(
      datasets?.flatMap(each => (each.volsizeBytes ? [[each.name, each.volsizeBytes]] : [])),
    )
    return vmColumns(tools, sizes)
  }, [tools, datasets])
  const isEmpty = vms.data?.value.length === 0 && tools.whyNoGuests === null
  const libraries = useQuery({ ...trpc.images.list.queryOptions(), enabled: isEmpty }).data?.value.libraries
  const isSetUp = libraries?.length !== 0
  const create = (
    <Button
      look="primary"
      icon={<Plus size={16} />}
      disabled={createVmReason(tools)}
      onClick={() => createVm(tools)}
    >
      New virtual machine
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Virtual machines"
        actions={
          <>
            {(vms.data?.value.length ?? 0) > 0 && (
              <Button
                icon={<Monitor size={16} />}
                aria-pressed={screens}
                onClick={() => setScreens(!screens)}
              >
                Screens
              </Button>
            )}
            {(vms.data?.value.length ?? 0) > 0 && (
              <Button
                icon={<ListOrdered size={16} />}
                disabled={createVmReason(tools)}
                onClick={() => openStartOrder(tools)}
              >
                Start order
              </Button>
            )}
            {create}
          </>
        }
      />
      {screens && vms.data && <ScreenCards vms={vms.data.value} />}
      <DataTable
        name="vms"
        label="Virtual machines"
        columns={columns}
        rows={vms.data?.value}
        rowId={vm => vm.name}
        error={vms.error && explain(vms.error)}
        heardAt={vms.data?.heardAt}
        initialSort={{ column: 'name', descending: false }}
        filterLabel="Filter virtual machines"
        onOpen={vm => router.push(paths.vm(vm.name))}
        menu={vm => vmMenu(vm, tools)}
        rowLabel={vm => vm.name}
        selection={{ value: ticked, onValue: setTicked }}
        empty={
          <EmptyState
            title={tools.whyNoGuests === null ? 'No virtual machine yet.' : 'No virtual machines here.'}
            action={isSetUp ? create : <SetUpVms />}
          >
            {tools.whyNoGuests ??
              (isSetUp
                ? 'A guest is a NAME.conf in a vm-bhyve datastore. Guests that vm(8) makes appear here too.'
                : NOT_SET_UP)}
          </EmptyState>
        }
      />
      {selected.length > 0 && <VmSelection vms={selected} onClear={() => setTicked(new Set())} />}
    </>
  )
}
