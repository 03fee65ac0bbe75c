import Link from 'next/link'
import type { ReactNode } from 'react'
import type { DatasetDetail } from '../../server/datasets/model.ts'
import { usePaths } from '../host.tsx'
import { Bytes } from '../ui/Bytes.tsx'
import { cx } from '../ui/cx.ts'
import { percent, plural } from '../ui/format.ts'
import { KeyValues, Panel } from '../ui/Page.tsx'

/** Answers "where did the space go": each part of what is used, what it means, and where to get it back. */
export function SpacePanel({ dataset, below }: { dataset: DatasetDetail; below: number }) {
  const paths = usePaths()
  const volume = dataset.type === 'volume'
  const rows: { label: string; colour: string; bytes: number; words: ReactNode }[] = [
    {
      label: 'Data',
      colour: 'bg-s1',
      bytes: dataset.usedByDataBytes,
      words: volume ? 'what the disk holds now' : 'the files that are there now',
    },
    {
      label: 'Snapshots',
      colour: 'bg-s2',
      bytes: dataset.usedBySnapshotsBytes,
      words:
        dataset.snapshotCount === 0 ? (
          'none taken'
        ) : (
          <Link
            href={paths.dataset(dataset.name, 'snapshots')}
            className="underline decoration-edge underline-offset-2"
          >
            {dataset.snapshotCount === null
              ? 'kept by snapshots only'
              : `kept by ${plural(dataset.snapshotCount, 'snapshot')} only`}
          </Link>
        ),
    },
    {
      label: 'Children',
      colour: 'bg-s3',
      bytes: dataset.usedByChildrenBytes,
      words: below === 0 ? 'nothing is below it' : `${plural(below, 'dataset')} directly below it`,
    },
    {
      label: 'Reserved',
      colour: 'bg-s4',
      bytes: dataset.usedByReservationBytes,
      words:
        dataset.usedByReservationBytes > 0
          ? volume
            ? 'set aside so that it can always be written; sparse zvols reserve nothing'
            : 'set aside by refreservation'
          : 'nothing is set aside',
    },
  ]
  const shown = rows.filter(row => row.bytes > 0 || row.label === 'Data' || row.label === 'Snapshots')
  return (
    <Panel title="Where the space went">
      <table className="w-full text-left">
        <thead className="sr-only">
          <tr>
            <th scope="col">Part</th>
            <th scope="col">Size</th>
            <th scope="col">Share of what is used</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(row => (
            <tr key={row.label} className="align-top">
              <th scope="row" className="py-1 pr-4 font-normal text-muted">
                {row.label}
              </th>
              <td className="py-1 pr-4 text-right">
                <Bytes value={row.bytes} />
              </td>
              <td className="w-full py-1">
                <span className="flex items-center gap-2 pt-1.5">
                  <span aria-hidden className="h-2 min-w-24 flex-1 overflow-hidden rounded-full bg-free">
                    <span
                      className={cx('block h-full', row.colour)}
                      style={{ width: `${share(row.bytes, dataset.usedBytes) * 100}%` }}
                    />
                  </span>
                  <span className="min-w-11 shrink-0 whitespace-nowrap text-right text-muted text-sm leading-none">
                    {percent(share(row.bytes, dataset.usedBytes))}
                  </span>
                </span>
                <span className="block text-muted text-sm">{row.words}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <KeyValues
        className="mt-2 border-line border-t pt-2"
        items={[
          ['Used in all', <Bytes key="u" value={dataset.usedBytes} />],
          ['Available', <Bytes key="a" value={dataset.availableBytes} />],
          ['Referenced', <Bytes key="r" value={dataset.referencedBytes} />],
          [
            'Compressed',
            dataset.compressRatio > 1.005
              ? `${dataset.compressRatio.toFixed(2)} times smaller than written`
              : null,
          ],
        ]}
      />
    </Panel>
  )
}

function share(part: number, whole: number): number {
  return whole > 0 ? Math.min(1, part / whole) : 0
}
