import Link from 'next/link'
import type { Dataset } from '../../server/datasets/model.ts'
import { usePaths } from '../host.tsx'
import { Bytes } from '../ui/Bytes.tsx'
import { count } from '../ui/format.ts'
import { RowLink, useRowTab } from '../ui/TableRow.tsx'
import type { Column } from '../ui/table.ts'
import { ZvolIcon } from './ZvolIcon.tsx'

const missing = <span className="text-faint">–</span>
const bytesColumn = (
  id: string,
  header: string,
  value: (row: Dataset) => number,
  hidden = false,
): Column<Dataset> => ({
  id,
  header,
  min: header.length > 10 ? 112 : 96,
  align: 'right',
  cell: row => <Bytes value={value(row)} />,
  sort: value,
  hidden,
})

/** The tree as a table: sorted by name its rows stand below their parents, indented by depth. */
export const DATASET_COLUMNS: readonly Column<Dataset>[] = [
  {
    id: 'name',
    header: 'Name',
    min: 186,
    grow: 3,
    always: true,
    cell: row => {
      const depth = row.name.split('/').length - 1
      return (
        <span className="flex min-w-0 items-center gap-1.5" style={{ paddingLeft: Math.min(depth, 8) * 14 }}>
          {row.type === 'volume' && <ZvolIcon label="zvol" size={14} />}
          <DatasetLink name={row.name} />
        </span>
      )
    },
    sort: row => row.name,
    text: row => row.name,
  },
  bytesColumn('used', 'Used', row => row.usedBytes),
  bytesColumn('data', 'Data', row => row.usedByDataBytes),
  bytesColumn('snapshotsUsed', 'In snapshots', row => row.usedBySnapshotsBytes),
  bytesColumn('available', 'Available', row => row.availableBytes),
  bytesColumn('referenced', 'Referenced', row => row.referencedBytes, true),
  bytesColumn('children', 'Children', row => row.usedByChildrenBytes, true),
  bytesColumn('reservation', 'Reserved', row => row.usedByReservationBytes, true),
  {
    id: 'ratio',
    header: 'Ratio',
    min: 70,
    align: 'right',
    cell: row => `${row.compressRatio.toFixed(2)}×`,
    sort: row => row.compressRatio,
  },
  {
    id: 'snapshots',
    header: 'Snapshots',
    min: 92,
    align: 'right',
    cell: row => (row.snapshotCount ? count(row.snapshotCount) : missing),
    sort: row => row.snapshotCount,
  },
  {
    id: 'usedBy',
    header: 'Used by',
    min: 120,
    grow: 1,
    cell: row => (row.usedByVm ? <UsedBy vm={row.usedByVm} /> : missing),
    sort: row => row.usedByVm,
    text: row => row.usedByVm ?? '',
  },
  {
    id: 'compression',
    header: 'Compression',
    min: 104,
    cell: row => row.compression,
    sort: row => row.compression,
    hidden: true,
  },
  {
    id: 'encryption',
    header: 'Encryption',
    min: 110,
    cell: row => row.encryption,
    sort: row => row.encryption,
    hidden: true,
  },
  {
    id: 'mountpoint',
    header: 'Mount point',
    min: 150,
    cell: row =>
      row.mountpoint ? <span className="truncate font-mono text-sm">{row.mountpoint}</span> : missing,
    sort: row => row.mountpoint,
    text: row => row.mountpoint ?? '',
    hidden: true,
  },
]

function DatasetLink({ name }: { name: string }) {
  return (
    <RowLink href={usePaths().dataset(name)} title={name} className="truncate font-mono text-sm">
      {name.slice(name.lastIndexOf('/') + 1)}
    </RowLink>
  )
}

function UsedBy({ vm }: { vm: string }) {
  return (
    <Link href={usePaths().vm(vm)} tabIndex={useRowTab()} className="truncate hover:underline">
      {vm}
    </Link>
  )
}
