'use client'
import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { lazy } from 'react'
import type { HostConfig } from '../../server/hosts/model.ts'
import { explain } from '../errors.ts'
import { useDialogs } from '../shell/dialogs.tsx'
import { pathsOf } from '../shell/paths.ts'
import { hostState } from '../shell/state.ts'
import { useConsoleTRPC } from '../trpc.tsx'
import { Button } from '../ui/Button.tsx'
import { DataTable } from '../ui/DataTable.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import type { MenuItem } from '../ui/Menu.tsx'
import { Section } from '../ui/Page.tsx'
import { StateMark } from '../ui/State.tsx'
import { RowLink } from '../ui/TableRow.tsx'
import { Time } from '../ui/Time.tsx'
import type { Column } from '../ui/table.ts'
import { isOverSsh } from './HostKeyRefused.tsx'

const AddHostDialog = lazy(() => import('./AddHostDialog.tsx'))
const RenameHostDialog = lazy(() => import('./RenameHostDialog.tsx'))
const ChangeSignInDialog = lazy(() => import('./ChangeSignInDialog.tsx'))
const RemoveHostDialog = lazy(() => import('./RemoveHostDialog.tsx'))
const TestHostDialog = lazy(() => import('./TestHostDialog.tsx'))

const COLUMNS: readonly Column<HostConfig>[] = [
  {
    id: 'name',
    header: 'Name',
    min: 130,
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
    min: 140,
    sort: host => host.status.state,
    text: host => hostState(host.status).word,
    cell: host => (
      <span title={host.status.reason ?? undefined} className="flex min-w-0 items-center gap-1.5">
        <StateMark {...hostState(host.status)} />
        {host.status.state === 'lost' && host.status.heardAt !== null && (
          <Time at={host.status.heardAt} className="truncate text-muted text-xs" />
        )}
      </span>
    ),
  },
  {
    id: 'address',
    header: 'Address',
    min: 180,
    grow: 3,
    sort: host => host.address,
    text: host => host.address,
    cell: host => (
      <span className="truncate font-mono text-sm" title={host.address}>
        {host.address}
      </span>
    ),
  },
  {
    id: 'added',
    header: 'Added',
    min: 150,
    sort: host => host.addedAt,
    cell: host =>
      host.addedAt === null ? (
        <span className="text-muted">by SKEP_HOST</span>
      ) : (
        <span className="truncate text-muted">
          <Time at={host.addedAt} /> by {host.addedBy}
        </span>
      ),
  },
]

/** The hosts of this console, and how to add one. For administrators. */
export function HostTable() {
  const query = useQuery(useConsoleTRPC().hosts.configured.queryOptions())
  const open = useDialogs()
  const router = useRouter()
  const fixed = (host: HostConfig) =>
    host.isFirst ? 'Skep was started with this host: it comes from SKEP_HOST.' : null
  const menu = (host: HostConfig): MenuItem[] => [
    { label: 'Test…', onSelect: () => open(close => <TestHostDialog host={host} onClose={close} />) },
    {
      label: 'Rename…',
      disabled: fixed(host),
      onSelect: () => open(close => <RenameHostDialog host={host} onClose={close} />),
    },
    {
      label: 'Change the sign-in…',
      disabled: fixed(host) ?? (isOverSsh(host) ? null : 'It is not reached over SSH.'),
      onSelect: () => isOverSsh(host) && open(close => <ChangeSignInDialog host={host} onClose={close} />),
    },
    'separator',
    {
      label: 'Remove…',
      danger: true,
      disabled: fixed(host),
      onSelect: () => open(close => <RemoveHostDialog host={host} onClose={close} />),
    },
  ]
  return (
    <Section
      title="Hosts"
      actions={
        <Button
          small
          look="primary"
          icon={<Plus aria-hidden size={14} />}
          onClick={() => open(close => <AddHostDialog onClose={close} />)}
        >
          Add host…
        </Button>
      }
    >
      <DataTable
        name="hosts"
        label="Hosts"
        columns={COLUMNS}
        rows={query.data}
        error={query.error ? explain(query.error) : null}
        heardAt={query.dataUpdatedAt || null}
        rowId={host => host.id}
        rowLabel={host => host.name}
        filterLabel="Filter hosts"
        onOpen={host => router.push(pathsOf(host.id).overview())}
        menu={menu}
        empty={<EmptyState title="No hosts">Add one to manage it here.</EmptyState>}
      />
    </Section>
  )
}
