import { bytes, count, exactBytes } from '../ui/format.ts'
import type { Column } from '../ui/table.ts'
import type { Traffic } from './useTraffic.ts'

/**
 * What goes in and out a second; the sums since it was made on hover. Of a tap the host's “in” is what the guest sends, so
 * that `swapped` turns it round to the guest's own view.
 */
export function trafficColumns<Row>(
  nameOf: (row: Row) => string | null,
  { rateOf, countersOf }: Pick<Traffic, 'rateOf' | 'countersOf'>,
  swapped = false,
): readonly Column<Row>[] {
  return (['received', 'sent'] as const).map(way => {
    const field = swapped === (way === 'received') ? 'sent' : 'received'
    const rate = (row: Row) => rateOf(nameOf(row))?.[field] ?? null
    return {
      id: way,
      header: way === 'received' ? 'Receives' : 'Sends',
      min: 104,
      align: 'right',
      cell: row => {
        const now = rate(row)
        const counters = countersOf(nameOf(row))
        const sum = counters && {
          bytes: counters[`${field}Bytes`],
          packets: counters[`${field}Packets`],
          errors: field === 'received' ? counters.receiveErrors + counters.dropped : counters.sendErrors,
        }
        return (
          <span
            title={
              sum
                ? `${exactBytes(sum.bytes)} and ${count(sum.packets)} packets so far, ${count(sum.errors)} lost`
                : undefined
            }
          >
            {now === null ? <span className="text-faint">–</span> : `${bytes(now)}/s`}
          </span>
        )
      },
      sort: rate,
    }
  })
}
