import type { Vm } from '../../server/vms/model.ts'
import { paths } from '../shell/paths.ts'
import { Bytes } from '../ui/Bytes.tsx'
import { StateMark } from '../ui/State.tsx'
import { RowLink } from '../ui/TableRow.tsx'
import { Time } from '../ui/Time.tsx'
import type { Column } from '../ui/table.ts'
import { diskName, VM_STATES } from './words.ts'

const missing = <span className="text-faint">–</span>

/** What `vm list` shows, and disk, uptime and load beside it. */
export const VM_COLUMNS: readonly Column<Vm>[] = [
  {
    id: 'name',
    header: 'Name',
    min: 130,
    grow: 2,
    always: true,
    cell: vm => (
      <RowLink href={paths.vm(vm.name)} className="truncate font-medium">
        {vm.name}
      </RowLink>
    ),
    sort: vm => vm.name,
    text: vm => vm.name,
  },
  {
    id: 'state',
    header: 'State',
    min: 130,
    grow: 1,
    always: true,
    cell: vm => <StateMark {...VM_STATES[vm.state]} />,
    sort: vm => VM_STATES[vm.state].word,
    text: vm => `${VM_STATES[vm.state].word} ${vm.stateReason ?? ''}`,
  },
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
    header: 'Started',
    min: 130,
    cell: vm => (vm.startedAt === null ? missing : <Time at={vm.startedAt} />),
    sort: vm => vm.startedAt,
  },
  {
    id: 'disk',
    header: 'Disk',
    min: 150,
    grow: 2,
    cell: vm =>
      vm.disks.length === 0 ? (
        missing
      ) : (
        <span className="truncate font-mono text-sm">{vm.disks.map(diskName).join(', ')}</span>
      ),
    sort: vm => (vm.disks[0] ? diskName(vm.disks[0]) : null),
    text: vm => vm.disks.map(diskName).join(' '),
  },
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
    min: 90,
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
    id: 'pid',
    header: 'Pid',
    min: 80,
    align: 'right',
    cell: vm => vm.pid ?? missing,
    sort: vm => vm.pid,
    text: vm => String(vm.pid ?? ''),
    hidden: true,
  },
]
