'use client'
import { lazy, useMemo } from 'react'
import type { SnapshotGroup } from '../../server/snapshots/model.ts'
import { whyNotDestroy } from '../../server/snapshots/model.ts'
import type { Vm } from '../../server/vms/model.ts'
import { roleReason } from '../shell/me.ts'
import { useTools } from '../shell/useTools.ts'
import { Bytes } from '../ui/Bytes.tsx'
import { DataTable } from '../ui/DataTable.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { plural } from '../ui/format.ts'
import { LongName } from '../ui/LongName.tsx'
import type { MenuItem } from '../ui/Menu.tsx'
import { Badge } from '../ui/State.tsx'
import { Time } from '../ui/Time.tsx'
import type { Column } from '../ui/table.ts'
import { destroySnapshots } from './menu.tsx'
import { Moment } from './moment.tsx'
import type { useGroups } from './useGroups.ts'

const RollbackGuestDialog = lazy(() => import('./RollbackGuestDialog.tsx'))
const HoldSnapshotsDialog = lazy(() => import('./HoldSnapshotsDialog.tsx'))
const ReleaseSnapshotsDialog = lazy(() => import('./ReleaseSnapshotsDialog.tsx'))
const CloneVmDialog = lazy(() => import('../vms/CloneVmDialog.tsx'))

const sum = (group: SnapshotGroup, of: (member: SnapshotGroup['members'][number]) => number) =>
  group.members.reduce((total, each) => total + of(each), 0)

const COLUMNS: readonly Column<SnapshotGroup>[] = [
  {
    id: 'tag',
    header: 'Snapshot',
    min: 180,
    grow: 3,
    always: true,
    sort: group => group.tag,
    text: group => group.tag,
    cell: group => <LongName text={group.tag} />,
  },
  {
    id: 'created',
    header: 'Taken',
    min: 152,
    sort: group => group.createdAt,
    cell: group => (
      <span className="text-muted">
        <Time at={group.createdAt} />
      </span>
    ),
  },
  {
    id: 'moment',
    header: 'Moment',
    min: 136,
    cell: group => <Moment {...group} />,
  },
  {
    id: 'disks',
    header: 'Disks',
    min: 84,
    sort: group => group.members.length,
    cell: group =>
      group.missing.length === 0 ? (
        `all ${group.members.length}`
      ) : (
        <span title={`Without it: ${group.missing.join(', ')}`}>
          <Badge tone="warning">
            {group.members.length} of {group.members.length + group.missing.length}
          </Badge>
        </span>
      ),
  },
  {
    id: 'used',
    header: 'Only here',
    min: 96,
    align: 'right',
    sort: group => sum(group, each => each.usedBytes),
    cell: group => <Bytes value={sum(group, each => each.usedBytes)} />,
  },
  {
    id: 'notes',
    header: 'Notes',
    min: 96,
    grow: 1,
    cell: group => {
      const clones = group.members.flatMap(each => each.clones)
      const held = group.members.filter(each => each.holds > 0)
      return (
        <span className="flex min-w-0 gap-1">
          {held.length > 0 && (
            <span title={held.map(each => each.name).join('\n')}>
              <Badge>held</Badge>
            </span>
          )}
          {clones.length > 0 && (
            <span title={clones.join('\n')}>
              <Badge>{plural(clones.length, 'clone')}</Badge>
            </span>
          )}
        </span>
      )
    },
  },
]

/** Snapshots of all zvols of a guest as one thing: gone back to, opened beside, held and destroyed together. */
export function GroupTable({ vm, groups }: { vm: Vm; groups: ReturnType<typeof useGroups> }) {
  const tools = useTools()
  const menu = useMemo(() => (group: SnapshotGroup) => groupMenu(vm, group, tools), [vm, tools])
  return (
    <DataTable
      name="groups"
      label={`Snapshots of ${vm.name}`}
      columns={COLUMNS}
      rows={groups.rows}
      error={groups.error}
      heardAt={groups.heardAt}
      rowId={group => group.tag}
      rowLabel={group => group.tag}
      filterLabel="Filter snapshots"
      initialSort={{ column: 'created', descending: true }}
      menu={menu}
      empty={
        <EmptyState title="No snapshot yet.">
          A snapshot keeps this moment of all its disks. It takes no space until something changes.
        </EmptyState>
      }
    />
  )
}

function groupMenu(vm: Vm, group: SnapshotGroup, tools: ReturnType<typeof useTools>): MenuItem[] {
  const role = roleReason(tools.role, 'operator')
  const { open } = tools
  const names = group.members.map(each => each.name)
  const isWhole = group.missing.length === 0 ? null : `${group.missing.join(', ')} has no such snapshot.`
  const isHeld = group.members.some(each => each.holds > 0)
  return [
    {
      label: 'Roll back…',
      disabled: role,
      onSelect: () => open(close => <RollbackGuestDialog vm={vm.name} group={group} onClose={close} />),
    },
    {
      label: 'Open beside it…',
      disabled: role ?? isWhole,
      onSelect: () => open(close => <CloneVmDialog vm={vm} tag={group.tag} onClose={close} />),
    },
    'separator',
    {
      label: 'Hold…',
      disabled: role,
      onSelect: () => open(close => <HoldSnapshotsDialog snapshots={names} onClose={close} />),
    },
    {
      label: 'Release…',
      disabled: role ?? (isHeld ? null : 'It is not held.'),
      onSelect: () => open(close => <ReleaseSnapshotsDialog snapshots={names} onClose={close} />),
    },
    'separator',
    {
      label: 'Destroy…',
      danger: true,
      disabled: role ?? group.members.map(whyNotDestroy).find(why => why !== null) ?? null,
      onSelect: () => destroySnapshots(tools, names),
    },
  ]
}
