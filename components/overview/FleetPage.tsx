'use client'
import { CircleCheck } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import type { HostSummary } from '../../server/hosts/model.ts'
import { alertsOfHosts } from '../shell/alerts.ts'
import { pathsOf } from '../shell/paths.ts'
import { hostState } from '../shell/state.ts'
import { DataTable } from '../ui/DataTable.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { plural } from '../ui/format.ts'
import { Meter } from '../ui/Meter.tsx'
import { PageHeader } from '../ui/Page.tsx'
import { StateMark } from '../ui/State.tsx'
import { RowLink } from '../ui/TableRow.tsx'
import { Time } from '../ui/Time.tsx'
import type { Column } from '../ui/table.ts'

const ORDER = { lost: 0, connecting: 1, online: 2 } as const

const COLUMNS: readonly Column<HostSummary>[] = [
  {
    id: 'name',
    header: 'Host',
    min: 140,
    grow: 2,
    always: true,
    sort: host => host.name,
    text: host => host.name,
    cell: host => (
      <RowLink href={pathsOf(host.id).overview()} className="truncate font-medium">
        {host.name}
      </RowLink>
    ),
  },
  {
    id: 'state',
    header: 'State',
    min: 150,
    sort: host => ORDER[host.status.state],
    text: host => hostState(host.status).word,
    cell: host => (
      <span title={host.status.reason ?? undefined} className="flex items-center gap-1.5">
        <StateMark {...hostState(host.status)} />
        {host.status.state === 'lost' && host.status.heardAt !== null && (
          <Time at={host.status.heardAt} className="text-muted text-xs" />
        )}
      </span>
    ),
  },
  {
    id: 'pools',
    header: 'Pools',
    min: 130,
    sort: host => host.glance?.unwell.length ?? 0,
    cell: ({ glance }) =>
      glance && glance.unwell.length > 0 ? (
        <StateMark tone="bad" word={`${glance.unwell.join(', ')} not well`} />
      ) : (
        glance && plural(glance.pools, 'pool')
      ),
  },
  {
    id: 'fullest',
    header: 'Fullest pool',
    min: 150,
    sort: host => host.glance?.fullest?.percent ?? -1,
    cell: ({ glance }) =>
      glance?.fullest && (
        <span className="flex min-w-0 items-center gap-2">
          <span className="truncate">{glance.fullest.name}</span>
          <Meter label={`${glance.fullest.name} full`} share={glance.fullest.percent / 100} warnAt={0.85} />
        </span>
      ),
  },
  {
    id: 'guests',
    header: 'Guests',
    min: 150,
    sort: host => host.glance?.running ?? 0,
    cell: ({ glance }) =>
      glance && (
        <span className="truncate">
          {glance.running} of {glance.vms} running
          {glance.crashed > 0 && <span className="text-bad">, {glance.crashed} crashed</span>}
        </span>
      ),
  },
  {
    id: 'role',
    header: 'You are',
    min: 110,
    hidden: true,
    sort: host => host.role,
    cell: host => host.role,
  },
]

/** All hosts at a glance: what is not well first, then each in a line. */
export function FleetPage({ hosts }: { hosts: readonly HostSummary[] }) {
  const router = useRouter()
  const alerts = alertsOfHosts(hosts)
  const known = hosts.every(host => host.glance !== null || host.status.state === 'lost')
  return (
    <>
      <PageHeader title="Hosts">
        {alerts.length === 0 && known && (
          <p className="flex min-h-6 items-center gap-2">
            <CircleCheck aria-hidden size={16} className="text-ok" />
            Everything is well.
          </p>
        )}
      </PageHeader>
      {alerts.length > 0 && (
        <ul className="mb-4 flex flex-col gap-1" aria-label="Alerts">
          {alerts.map(alert => (
            <li key={alert.id} className="flex items-baseline gap-2">
              <StateMark quiet tone={alert.tone} word={alert.tone === 'bad' ? 'Bad' : 'Warning'} />
              <Link href={alert.href} className="min-w-0 rounded break-words hover:underline">
                {alert.text}
              </Link>
            </li>
          ))}
        </ul>
      )}
      <DataTable
        name="fleet"
        label="Hosts"
        columns={COLUMNS}
        rows={hosts}
        rowId={host => host.id}
        rowLabel={host => host.name}
        error={null}
        heardAt={null}
        filterLabel="Filter hosts"
        onOpen={host => router.push(pathsOf(host.id).overview())}
        empty={<EmptyState title="No hosts">System is where hosts are added.</EmptyState>}
      />
    </>
  )
}
