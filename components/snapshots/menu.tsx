'use client'
import { lazy } from 'react'
import { type Snapshot, whyNotDestroy } from '../../server/snapshots/model.ts'
import type { Tools } from '../shell/actions.ts'
import { roleReason } from '../shell/me.ts'
import { copyText } from '../ui/Copy.tsx'
import { plural } from '../ui/format.ts'
import type { MenuItem } from '../ui/Menu.tsx'

const TakeSnapshotDialog = lazy(() => import('./TakeSnapshotDialog.tsx'))
const RollbackSnapshotDialog = lazy(() => import('./RollbackSnapshotDialog.tsx'))
const CloneSnapshotDialog = lazy(() => import('./CloneSnapshotDialog.tsx'))
const HoldSnapshotsDialog = lazy(() => import('./HoldSnapshotsDialog.tsx'))
const ReleaseSnapshotsDialog = lazy(() => import('./ReleaseSnapshotsDialog.tsx'))
const DestroySnapshotsDialog = lazy(() => import('./DestroySnapshotsDialog.tsx'))

/** Opens the form for a new snapshot of these datasets (several at once are one point in time for each pool). */
export function takeSnapshot({ open }: Tools, datasets: readonly string[]): void {
  open(close => <TakeSnapshotDialog datasets={datasets} onClose={close} />)
}

/** Everything that can be done to one snapshot. */
export function snapshotMenu(snapshot: Snapshot, tools: Tools): MenuItem[] {
  const role = roleReason(tools.role, 'operator')
  const { open } = tools
  return [
    {
      label: 'Roll back…',
      disabled: role,
      onSelect: () => open(close => <RollbackSnapshotDialog snapshot={snapshot} onClose={close} />),
    },
    {
      label: 'Clone…',
      disabled: role,
      onSelect: () => open(close => <CloneSnapshotDialog snapshot={snapshot} onClose={close} />),
    },
    'separator',
    {
      label: 'Hold…',
      disabled: role,
      onSelect: () => open(close => <HoldSnapshotsDialog snapshots={[snapshot.name]} onClose={close} />),
    },
    {
      label: 'Release…',
      disabled: role ?? (snapshot.holds === 0 ? 'It is not held.' : null),
      onSelect: () => open(close => <ReleaseSnapshotsDialog snapshots={[snapshot.name]} onClose={close} />),
    },
    { label: 'Copy its name', onSelect: () => void copyText(snapshot.name) },
    'separator',
    {
      label: 'Destroy…',
      danger: true,
      disabled: role ?? whyNotDestroy(snapshot),
      onSelect: () => destroySnapshots(tools, [snapshot.name]),
    },
  ]
}

export function destroySnapshots({ open }: Tools, snapshots: readonly string[], onDone?: () => void): void {
  open(close => <DestroySnapshotsDialog snapshots={snapshots} onClose={close} onDone={onDone} />)
}

/** What can be done to several at once. */
export function selectionMenu(snapshots: readonly string[], { open, role }: Tools): MenuItem[] {
  const disabled = roleReason(role, 'operator')
  const many = plural(snapshots.length, 'snapshot')
  return [
    {
      label: `Hold ${many}…`,
      disabled,
      onSelect: () => open(close => <HoldSnapshotsDialog snapshots={snapshots} onClose={close} />),
    },
    {
      label: `Release ${many}…`,
      disabled,
      onSelect: () => open(close => <ReleaseSnapshotsDialog snapshots={snapshots} onClose={close} />),
    },
  ]
}
