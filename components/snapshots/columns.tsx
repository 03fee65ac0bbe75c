import type { Snapshot } from '../../server/snapshots/model.ts'
import { usePaths } from '../host.tsx'
import { Bytes } from '../ui/Bytes.tsx'
import { plural } from '../ui/format.ts'
import { LongName } from '../ui/LongName.tsx'
import { Badge } from '../ui/State.tsx'
import { RowLink } from '../ui/TableRow.tsx'
import { Time } from '../ui/Time.tsx'
import type { Column } from '../ui/table.ts'

const rest: readonly Column<Snapshot>[] = [
  {
    id: 'created',
    header: 'Taken',
    min: 152,
    cell: row => (
      <span className="text-muted">
        <Time at={row.createdAt} />
      </span>
    ),
    sort: row => row.createdAt,
  },
  {
    id: 'used',
    header: 'Only here',
    min: 96,
    align: 'right',
    cell: row => <Bytes value={row.usedBytes} />,
    sort: row => row.usedBytes,
  },
  {
    id: 'referenced',
    header: 'Refers to',
    min: 96,
    align: 'right',
    cell: row => <Bytes value={row.referencedBytes} />,
    sort: row => row.referencedBytes,
  },
  {
    id: 'notes',
    header: 'Notes',
    min: 96,
    grow: 1,
    cell: row => (
      <span className="flex min-w-0 gap-1">
        {row.holds > 0 && <Badge>{row.holds === 1 ? 'held' : plural(row.holds, 'hold')}</Badge>}
        {row.clones.length > 0 && (
          <span title={row.clones.join('\n')}>
            <Badge>{plural(row.clones.length, 'clone')}</Badge>
          </span>
        )}
      </span>
    ),
  },
  {
    id: 'guid',
    header: 'GUID',
    min: 170,
    cell: row => <span className="font-mono text-sm">{row.guid}</span>,
    hidden: true,
  },
  { id: 'txg', header: 'Txg', min: 90, align: 'right', cell: row => row.createtxg, hidden: true },
]

/** Snapshots of one dataset: the part behind the @ names them. */
export const SNAPSHOT_COLUMNS: readonly Column<Snapshot>[] = [
  {
    id: 'name',
    header: 'Snapshot',
    min: 180,
    grow: 3,
    always: true,
    cell: row => <LongName text={row.tag} />,
    sort: row => row.name,
  },
  ...rest,
]

/** Snapshots of everything: the whole name, leading to its dataset. */
export const ALL_SNAPSHOT_COLUMNS: readonly Column<Snapshot>[] = [
  {
    id: 'name',
    header: 'Snapshot',
    min: 220,
    grow: 4,
    always: true,
    cell: row => <SnapshotLink snapshot={row} />,
    sort: row => row.name,
  },
  ...rest,
]

function SnapshotLink({ snapshot: { name, dataset } }: { snapshot: Snapshot }) {
  return (
    <RowLink href={usePaths().dataset(dataset, 'snapshots')} className="min-w-0">
      <LongName text={name} />
    </RowLink>
  )
}
