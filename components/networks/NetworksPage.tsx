'use client'
import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { explain } from '../errors.ts'
import { usePaths, useTRPC } from '../host.tsx'
import { useTools } from '../shell/useTools.ts'
import { DataTable } from '../ui/DataTable.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { PageHeader, Section } from '../ui/Page.tsx'
import { SWITCH_COLUMNS } from './columns.tsx'
import { InterfaceTable } from './InterfaceTable.tsx'
import { useTraffic } from './useTraffic.ts'

/** The switches of a host, and below them the interfaces they are made of. */
export function NetworksPage() {
  const paths = usePaths()
  const networks = useQuery(useTRPC().networks.list.queryOptions())
  const tools = useTools()
  const router = useRouter()
  const traffic = useTraffic()
  const { switches, interfaces, settings } = networks.data?.value ?? {}
  return (
    <>
      <PageHeader title="Networks" />
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
          onOpen={one => router.push(paths.network(one.name))}
          empty={
            <EmptyState title="No switch on this machine.">
              {tools.whyNoGuests ??
                (settings === null
                  ? 'vm-bhyve has no directory here yet: set vm_dir in /etc/rc.conf and run “vm init” on the host.'
                  : 'A switch is what guests are plugged into. “vm switch create public” on the host makes one; it appears here by itself.')}
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
