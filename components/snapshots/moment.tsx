import type { SnapshotGroup } from '../../server/snapshots/model.ts'
import { Badge } from '../ui/State.tsx'
import type { Column } from '../ui/table.ts'

/** How whole a snapshot of a guest is: what a person may expect of a guest that wakes from it. */
export function Moment({ isOff, moment }: Pick<SnapshotGroup, 'isOff' | 'moment'>) {
  const { word, why } = describe(isOff, moment)
  return (
    <span title={why}>
      <Badge tone={moment === 'apart' && !isOff ? 'warning' : undefined}>{word}</Badge>
    </span>
  )
}

function describe(isOff: boolean, moment: SnapshotGroup['moment']): { word: string; why: string } {
  if (isOff)
    return { word: 'guest was off', why: 'Taken while the guest was off: its disks are as it left them.' }
  if (moment === 'one') {
    return {
      word: 'crash-consistent',
      why: 'All disks at the same moment, perhaps while it ran: what a power cut would have left.',
    }
  }
  return moment === 'pools'
    ? {
        word: 'across pools',
        why: 'Its disks lie in several pools, which have no moment in common: they were taken one after the other.',
      }
    : {
        word: 'not together',
        why: 'Its disks were not taken by one command: they are of different moments.',
      }
}

/** A column for the snapshots of a guest's only zvol; `off` are the full names of those taken while it was off. */
export function momentColumn<Row extends { name: string }>(off: ReadonlySet<string>): Column<Row> {
  return {
    id: 'moment',
    header: 'Guest',
    min: 130,
    cell: row => <Moment isOff={off.has(row.name)} moment="one" />,
  }
}
