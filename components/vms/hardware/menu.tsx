'use client'
import { lazy, type ReactNode } from 'react'
import type { VmDetail } from '../../../server/vms/model.ts'
import type { Tools } from '../../shell/actions.ts'
import { roleReason } from '../../shell/me.ts'
import type { MenuItem } from '../../ui/Menu.tsx'
import type { DiskDraft } from './newDisk.ts'
import type { DeviceLine } from './words.ts'

const board = () => import('./BoardDialogs.tsx')
const firmware = () => import('./FirmwareDialogs.tsx')
const disks = () => import('./DiskDialogs.tsx')
const administrator = () => import('./AdministratorDialogs.tsx')
const CpuDialog = lazy(async () => ({ default: (await board()).CpuDialog }))
const MemoryDialog = lazy(async () => ({ default: (await board()).MemoryDialog }))
const PartsDialog = lazy(async () => ({ default: (await board()).PartsDialog }))
const SerialDialog = lazy(async () => ({ default: (await board()).SerialDialog }))
const FirmwareDialog = lazy(async () => ({ default: (await firmware()).FirmwareDialog }))
const ConsolePortsDialog = lazy(async () => ({ default: (await firmware()).ConsolePortsDialog }))
const LimitsDialog = lazy(async () => ({ default: (await import('./LimitsDialog.tsx')).LimitsDialog }))
const ScreenDialog = lazy(async () => ({ default: (await import('./ScreenDialog.tsx')).ScreenDialog }))
const NetworkDialog = lazy(async () => ({ default: (await import('./NetworkDialog.tsx')).NetworkDialog }))
const AddDiskDialog = lazy(async () => ({ default: (await import('./AddDiskDialog.tsx')).AddDiskDialog }))
const ChangeDiskDialog = lazy(async () => ({ default: (await disks()).ChangeDiskDialog }))
const GrowDiskDialog = lazy(async () => ({ default: (await disks()).GrowDiskDialog }))
const RemoveDeviceDialog = lazy(async () => ({ default: (await disks()).RemoveDeviceDialog }))
const ShareDirectoryDialog = lazy(async () => ({ default: (await administrator()).ShareDirectoryDialog }))
const ScsiTargetDialog = lazy(async () => ({ default: (await administrator()).ScsiTargetDialog }))
const PciDeviceDialog = lazy(async () => ({ default: (await administrator()).PciDeviceDialog }))
const OptionsDialog = lazy(async () => ({ default: (await administrator()).OptionsDialog }))
const DiscardPendingDialog = lazy(async () => ({
  default: (await import('./DiscardPendingDialog.tsx')).DiscardPendingDialog,
}))

type Shown = { vm: VmDetail; onClose: () => void }

/** The dialog that changes what a line of the list is about; null for what is only given and taken away. */
function changeDialog({ kind, index }: DeviceLine): ((props: Shown) => ReactNode) | null {
  switch (kind) {
    case 'cpu':
      return props => <CpuDialog {...props} />
    case 'memory':
      return props => <MemoryDialog {...props} />
    case 'disk':
      return props => <ChangeDiskDialog {...props} index={index} />
    case 'network':
      return props => <NetworkDialog {...props} index={index} />
    case 'screen':
      return props => <ScreenDialog {...props} />
    case 'parts':
      return props => <PartsDialog {...props} />
    case 'serial':
      return props => <SerialDialog {...props} />
    case 'options':
      return props => <OptionsDialog {...props} />
    case 'firmware':
      return props => <FirmwareDialog {...props} />
    case 'console':
      return props => <ConsolePortsDialog {...props} />
    case 'limits':
      return props => <LimitsDialog {...props} />
    case 'passthru':
      return null
  }
}

/** What can be done with one device of a guest. */
export function deviceMenu(vm: VmDetail, line: DeviceLine, tools: Tools): MenuItem[] {
  const { kind, index } = line
  const show = (render: (props: Shown) => ReactNode) => tools.open(onClose => render({ vm, onClose }))
  const operator = roleReason(tools.role, 'operator')
  const dialog = changeDialog(line)
  const items: MenuItem[] = []
  if (dialog) {
    const disabled = kind === 'options' ? roleReason(tools.role, 'administrator') : operator
    items.push({ label: 'Change…', disabled, onSelect: () => show(dialog) })
  }
  const isShare = /^virtio-(9p|scsi)$/.test(vm.hardware.disks[index]?.emulation ?? '')
  if (kind === 'disk' && !isShare) {
    const grow = (props: Shown) => <GrowDiskDialog {...props} index={index} />
    items.push({ label: 'Grow…', disabled: operator, onSelect: () => show(grow) })
  }
  if (kind === 'disk' || kind === 'network' || kind === 'passthru') {
    const remove = (props: Shown) => <RemoveDeviceDialog {...props} kind={kind} index={index} />
    if (dialog) items.push('separator')
    items.push({ label: 'Remove…', disabled: operator, onSelect: () => show(remove) })
  }
  return items
}

/** What a guest can be given. */
export function addMenu(vm: VmDetail, tools: Tools): MenuItem[] {
  const item = (label: string, role: 'operator' | 'administrator', render: (props: Shown) => ReactNode) => ({
    label,
    disabled: roleReason(tools.role, role),
    onSelect: () => tools.open(onClose => render({ vm, onClose })),
  })
  const disk = (from: DiskDraft['from']) => (props: Shown) => <AddDiskDialog {...props} from={from} />
  const screen = item('Screen…', 'operator', props => <ScreenDialog {...props} />)
  return [
    item('Disk…', 'operator', disk('new')),
    item('CD with an ISO…', 'operator', disk('iso')),
    item('Network card…', 'operator', props => <NetworkDialog {...props} index={null} />),
    vm.hardware.screen ? { ...screen, disabled: 'It has its one screen.' } : screen,
    item('Tablet, random numbers, sound…', 'operator', props => <PartsDialog {...props} />),
    item('Limits…', 'operator', props => <LimitsDialog {...props} />),
    item('Console ports…', 'operator', props => <ConsolePortsDialog {...props} />),
    'separator',
    item('Directory of the machine…', 'administrator', props => <ShareDirectoryDialog {...props} />),
    item('PCI device of the machine…', 'administrator', props => <PciDeviceDialog {...props} />),
    item('SCSI target…', 'administrator', props => <ScsiTargetDialog {...props} />),
    item('TPM, extra options…', 'administrator', props => <OptionsDialog {...props} />),
  ]
}

export function discardPending(vm: VmDetail, tools: Tools): void {
  tools.open(onClose => <DiscardPendingDialog vm={vm} onClose={onClose} />)
}
