import type { Pool } from '../../server/pools/model.ts'
import { usePaths } from '../host.tsx'
import { VDEV_STATES } from '../shell/state.ts'
import { Bytes } from '../ui/Bytes.tsx'
import { Meter } from '../ui/Meter.tsx'
import { StateMark } from '../ui/State.tsx'
import { RowLink } from '../ui/TableRow.tsx'
import type { Column } from '../ui/table.ts'

export const POOL_COLUMNS: readonly Column<Pool>[] = [
  {
    id: 'name',
    header: 'Name',
    min: 90,
    grow: 2,
    always: true,
    cell: row => <PoolLink name={row.name} />,
    sort: row => row.name,
    text: row => row.name,
  },
  {
    id: 'health',
    header: 'State',
    min: 116,
    grow: 1,
    always: true,
    cell: row => <StateMark {...VDEV_STATES[row.health]} />,
    sort: row => VDEV_STATES[row.health].word,
  },
  {
    id: 'full',
    header: 'Full',
    min: 116,
    cell: row => <Meter share={row.capacityPercent / 100} label={`Fullness of ${row.name}`} />,
    sort: row => row.capacityPercent,
  },
  {
    id: 'size',
    header: 'Size',
    min: 96,
    align: 'right',
    cell: row => <Bytes value={row.sizeBytes} />,
    sort: row => row.sizeBytes,
  },
  {
    id: 'free',
    header: 'Free',
    min: 96,
    align: 'right',
    cell: row => <Bytes value={row.freeBytes} />,
    sort: row => row.freeBytes,
  },
  {
    id: 'fragmentation',
    header: 'Fragmented',
    min: 100,
    align: 'right',
    cell: row => (row.fragmentationPercent === null ? '–' : `${row.fragmentationPercent} %`),
    sort: row => row.fragmentationPercent,
  },
  {
    id: 'dedup',
    header: 'Dedup',
    min: 76,
    align: 'right',
    cell: row => `${row.dedupRatio.toFixed(2)}×`,
    sort: row => row.dedupRatio,
    hidden: true,
  },
]

function PoolLink({ name }: { name: string }) {
  return (
    <RowLink href={usePaths().pool(name)} className="truncate font-medium">
      {name}
    </RowLink>
  )
}
