import { Play, Power } from 'lucide-react'
import type { Vm, VmVerb } from '../../server/vms/model.ts'
import { usePaths } from '../host.tsx'
import type { Tools } from '../shell/actions.ts'
import { IconButton } from '../ui/Button.tsx'
import { Bytes } from '../ui/Bytes.tsx'
import { StateMark } from '../ui/State.tsx'
import { RowLink, useRowTab } from '../ui/TableRow.tsx'
import type { Column } from '../ui/table.ts'
import { doToVm, vmReason } from './menu.tsx'
import { Uptime } from './Uptime.tsx'
import { diskName, isAlive, VM_STATES } from './words.ts'

const missing = <span className="text-faint">–</span>

/** Sizes of zvols by name, bytes. */
export type VolumeSizes = ReadonlyMap<string, number>

/** Sum of the disks that are zvols; null where none is known. */
function diskBytes(vm: Vm, sizes: VolumeSizes): number | null {
  const known = vm.disks.flatMap(disk => sizes.get(disk.dataset ?? '') ?? [])
  return known.length > 0 ? known.reduce((sum, each) => sum + each, 0) : null
}

/** What `vm list` shows, with disk, uptime and load beside it, and the verb a guest is most likely in for. */
export function vmColumns(tools: Tools, sizes: VolumeSizes): readonly Column<Vm>[] {
  return [
    ...STATE,
    {
      id: 'verb',
      header: 'Power',
      min: 64,
      cell: vm => <PowerButton vm={vm} tools={tools} />,
    },
    ...SIZE,
    {
      id: 'disk',
      header: 'Disk',
      min: 84,
      align: 'right',
      cell: vm => {
        const total = diskBytes(vm, sizes)
        const names = vm.disks.map(diskName).join('\n')
        if (total !== null)
          return (
            <span title={names}>
              <Bytes value={total} />
            </span>
          )
        return vm.disks.length > 0 ? <span title={names}>{vm.disks[0]?.backing}</span> : missing
      },
      sort: vm => diskBytes(vm, sizes),
      text: vm => vm.disks.map(diskName).join(' '),
    },
    ...REST,
  ]
}

function PowerButton({ vm, tools }: { vm: Vm; tools: Tools }) {
  const tab = useRowTab()
  const verb: VmVerb = isAlive(vm.state) ? 'shutdown' : 'start'
  return (
    <IconButton
      small
      tabIndex={tab}
      label={verb === 'start' ? `Start ${vm.name}` : `Shut down ${vm.name}`}
      icon={verb === 'start' ? <Play size={14} /> : <Power size={14} />}
      disabled={vmReason(vm, verb, tools)}
      onClick={() => doToVm(vm, verb, tools)}
    />
  )
}

function VmLink({ name }: { name: string }) {
  return (
    <RowLink href={usePaths().vm(name)} className="truncate font-medium">
      {name}
    </RowLink>
  )
}

const STATE: readonly Column<Vm>[] = [
  {
    id: 'name',
    header: 'Name',
    min: 130,
    grow: 2,
    always: true,
    cell: vm => <VmLink name={vm.name} />,
    sort: vm => vm.name,
    text: vm => vm.name,
  },
  {
    id: 'state',
    header: 'State',
    min: 150,
    grow: 1,
    always: true,
    cell: vm => (
      <span className="flex min-w-0 items-baseline gap-2" title={vm.stateReason ?? undefined}>
        <StateMark {...VM_STATES[vm.state]} className="self-center" />
        {vm.pid !== null && (
          <span className="text-faint text-sm max-sm:hidden" title={`pid ${vm.pid}`}>
            {vm.pid}
          </span>
        )}
      </span>
    ),
    sort: vm => VM_STATES[vm.state].word,
    text: vm => `${VM_STATES[vm.state].word} ${vm.stateReason ?? ''} ${vm.pid ?? ''}`,
  },
]

const SIZE: readonly Column<Vm>[] = [
  {
    id: 'cpus',
    header: 'CPUs',
    min: 70,
    align: 'right',
    cell: vm => vm.cpus ?? missing,
    sort: vm => vm.cpus,
  },
  {
    id: 'memory',
    header: 'Memory',
    min: 96,
    align: 'right',
    cell: vm => (vm.memoryBytes === null ? missing : <Bytes value={vm.memoryBytes} />),
    sort: vm => vm.memoryBytes,
  },
  {
    id: 'load',
    header: 'Load',
    min: 76,
    align: 'right',
    cell: vm => (vm.cpuPercent === null ? missing : `${Math.round(vm.cpuPercent)} %`),
    sort: vm => vm.cpuPercent,
  },
  {
    id: 'uptime',
    header: 'Uptime',
    min: 104,
    align: 'right',
    cell: vm => (vm.startedAt === null || vm.pid === null ? missing : <Uptime since={vm.startedAt} />),
    sort: vm => vm.startedAt,
  },
]

const REST: readonly Column<Vm>[] = [
  {
    id: 'vnc',
    header: 'VNC',
    min: 136,
    cell: vm => (vm.vnc ? <span className="font-mono text-sm">{vm.vnc}</span> : missing),
    sort: vm => vm.vnc,
    text: vm => vm.vnc ?? '',
  },
  {
    id: 'autostart',
    header: 'Autostart',
    min: 84,
    cell: vm => (vm.autostart === null ? 'No' : `Yes [${vm.autostart}]`),
    sort: vm => vm.autostart,
  },
  {
    id: 'loader',
    header: 'Loader',
    min: 96,
    cell: vm => vm.loader,
    sort: vm => vm.loader,
    text: vm => vm.loader,
  },
  {
    id: 'datastore',
    header: 'Datastore',
    min: 96,
    cell: vm => vm.datastore,
    sort: vm => vm.datastore,
    hidden: true,
  },
  {
    id: 'disks',
    header: 'Zvols and files',
    min: 200,
    grow: 2,
    cell: vm =>
      vm.disks.length === 0 ? (
        missing
      ) : (
        <span className="truncate font-mono text-sm">{vm.disks.map(diskName).join(', ')}</span>
      ),
    sort: vm => (vm.disks[0] ? diskName(vm.disks[0]) : null),
    hidden: true,
  },
]
