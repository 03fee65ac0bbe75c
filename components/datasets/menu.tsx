'use client'
import { lazy } from 'react'
import type { Dataset } from '../../server/datasets/model.ts'
import type { Tools } from '../shell/actions.ts'
import { roleReason } from '../shell/me.ts'
import { takeSnapshot } from '../snapshots/menu.tsx'
import { copyText } from '../ui/Copy.tsx'
import type { MenuItem } from '../ui/Menu.tsx'
import { createVm, createVmReason } from '../vms/menu.tsx'

const CreateVolumeDialog = lazy(() => import('./CreateVolumeDialog.tsx'))
const CreateFilesystemDialog = lazy(() => import('./CreateFilesystemDialog.tsx'))
const RenameDatasetDialog = lazy(() => import('./RenameDatasetDialog.tsx'))
const DestroyDatasetDialog = lazy(() => import('./DestroyDatasetDialog.tsx'))
const MountDialog = lazy(() => import('./MountDialog.tsx'))
const PromoteDatasetDialog = lazy(() => import('./PromoteDatasetDialog.tsx'))

export function createVolume({ open }: Tools, parent: string): void {
  open(close => <CreateVolumeDialog parent={parent} onClose={close} />)
}
export function createFilesystem({ open }: Tools, parent: string): void {
  open(close => <CreateFilesystemDialog parent={parent} onClose={close} />)
}

/** Everything that can be done to a filesystem or a zvol. */
export function datasetMenu(dataset: Dataset, tools: Tools): MenuItem[] {
  const administrator = roleReason(tools.role, 'administrator')
  const operator = roleReason(tools.role, 'operator')
  const root = dataset.name.includes('/') ? null : 'It is the root of its pool.'
  const volume = dataset.type === 'volume'
  return [
    { label: 'Take snapshot…', disabled: operator, onSelect: () => takeSnapshot(tools, [dataset.name]) },
    { label: 'Show snapshots', onSelect: () => tools.go(tools.paths.dataset(dataset.name, 'snapshots')) },
    'separator',
    ...(volume
      ? [
          {
            label: 'Create a virtual machine on it…',
            disabled: createVmReason(tools) ?? (dataset.usedByVm ? `${dataset.usedByVm} uses it.` : null),
            onSelect: () => createVm(tools, dataset.name),
          },
        ]
      : [
          {
            label: 'Create zvol…',
            disabled: administrator,
            onSelect: () => createVolume(tools, dataset.name),
          },
          {
            label: 'Create filesystem…',
            disabled: administrator,
            onSelect: () => createFilesystem(tools, dataset.name),
          },
          {
            label: dataset.mounted ? 'Unmount…' : 'Mount…',
            disabled: administrator,
            onSelect: () => tools.open(close => <MountDialog dataset={dataset} onClose={close} />),
          },
        ]),
    {
      label: 'Rename…',
      disabled: administrator ?? root,
      onSelect: () => tools.open(close => <RenameDatasetDialog dataset={dataset} onClose={close} />),
    },
    {
      label: 'Promote…',
      disabled: administrator ?? (dataset.origin ? null : 'It is no clone.'),
      onSelect: () => tools.open(close => <PromoteDatasetDialog dataset={dataset} onClose={close} />),
    },
    { label: 'Copy its name', onSelect: () => void copyText(dataset.name) },
    'separator',
    {
      label: 'Destroy…',
      danger: true,
      disabled: administrator ?? root,
      onSelect: () => tools.open(close => <DestroyDatasetDialog dataset={dataset} onClose={close} />),
    },
  ]
}
