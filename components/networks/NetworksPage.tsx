'use client'
import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { explain } from '../errors.ts'
import { usePaths, useTRPC } from '../host.tsx'
import { useTools } from '../shell/useTools.ts'
import { Button } from '../ui/Button.tsx'
import { DataTable } from '../ui/DataTable.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { PageHeader, Section } from '../ui/Page.tsx'
import { NOT_SET_UP, SetUpVms } from '../vms/SetUpVms.tsx'
import { SWITCH_COLUMNS } from './columns.tsx'
import { InterfaceTable } from './InterfaceTable.tsx'
import { createSwitch, createSwitchReason, switchMenu } from './menu.tsx'
import { useTraffic } from './useTraffic.ts'

/** The switches of a host, and below them the interfaces they are made of. */
export function NetworksPage() {
  const paths = usePaths()
  const networks = useQuery(useTRPC().networks.list.queryOptions())
  const tools = useTools()
  const router = useRouter()
  const traffic = useTraffic()
  const { switches, interfaces, settings } = networks.data?.value ?? {}
  const create = (
    <Button
      look="primary"
      icon={<Plus size={16} />}
      disabled={createSwitchReason(tools)}
      onClick={() => createSwitch(tools)}
    >
      New switch
    </Button>
  )
  return (
    <>
      <PageHeader title="Networks" actions={create} />
      <Section title="Switches">
        <DataTable
          name="switches"
          label="Switches"
          columns={SWITCH_COLUMNS}
          rows={switches}
          rowId={one => one.name}
          error={networks.error && explain(networks.error)}
          heardAt={networks.data?.heardAt}
          initialSort={{ column: 'name', descending: false }}
          filterLabel="Filter switches"
          maxHeight="26rem"
          menu={one => switchMenu(one, tools)}
          onOpen={one => router.push(paths.network(one.name))}
          empty={
            <EmptyState
              title="No switch on this machine."
              action={settings === null && tools.whyNoGuests === null ? <SetUpVms /> : create}
            >
              {tools.whyNoGuests ??
                (settings === null
                  ? NOT_SET_UP
                  : 'A switch is what guests are plugged into. Make one here, or with “vm switch create public” on the host.')}
            </EmptyState>
          }
        />
      </Section>
      <Section title="Interfaces of the machine">
        <InterfaceTable
          name="interfaces"
          label="Interfaces of the machine"
          rows={interfaces?.filter(one => one.kind !== 'tap')}
          traffic={traffic}
          empty={<EmptyState title="No interface was found." />}
        />
      </Section>
    </>
  )
}
