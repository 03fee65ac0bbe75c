import type { PciChange, PciDevice } from '../../server/vms/model.ts'
import { cx } from '../ui/cx.ts'
import { changeWords } from './hardware/words.ts'

/** Where each device sits: bus, slot, function, what it is, what is behind it. */
export function PciMap({ devices, compact }: { devices: PciDevice[]; compact?: boolean }) {
  const same = devices.map(device => ({ change: 'same' as const, now: device, next: device }))
  return <DeviceTable changes={same} compact={compact} />
}

/** The same of a guest whose conf has changed since it was started: what each device becomes. */
export function PciChanges({ changes }: { changes: PciChange[] }) {
  return <DeviceTable changes={changes} isPending />
}

const HEAD = 'py-1 pr-4 font-medium'

function DeviceTable({
  changes,
  compact,
  isPending,
}: {
  changes: PciChange[]
  compact?: boolean
  isPending?: boolean
}) {
  if (changes.length === 0) return <p className="text-muted">Its conf gives no devices.</p>
  return (
    <div className="overflow-x-auto">
      <table className="w-full text-left">
        <thead className={compact ? 'sr-only' : 'text-muted text-sm'}>
          <tr>
            <th scope="col" className={HEAD}>
              Bus:slot:function
            </th>
            <th scope="col" className={HEAD}>
              Device
            </th>
            <th scope="col" className={HEAD}>
              Backing
            </th>
            {isPending && (
              <th scope="col" className={HEAD}>
                Next cold start
              </th>
            )}
          </tr>
        </thead>
        <tbody className="text-sm">
          {changes.map(each => (
            <Row
              key={`${each.change} ${placeOf(each)}`}
              each={each}
              compact={compact}
              isPending={isPending}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function placeOf({ now, next }: PciChange): string {
  const device = now ?? next
  return `${device.bus}:${device.slot}:${device.func}`
}

const COLOURS: Record<PciChange['change'], string> = {
  same: '',
  new: 'text-ok',
  gone: 'text-bad',
  moved: 'text-warn',
  changed: 'text-warn',
}

function Row({ each, compact, isPending }: { each: PciChange; compact?: boolean; isPending?: boolean }) {
  const device = each.now ?? each.next
  const later = each.change === 'changed' ? each.next : null
  return (
    <tr className={compact ? undefined : 'border-line border-t'}>
      <td className="py-0.5 pr-4 align-top font-mono text-muted whitespace-nowrap">{placeOf(each)}</td>
      <td className="py-0.5 pr-4 align-top font-mono whitespace-nowrap">{device.emulation}</td>
      <td className="py-0.5 pr-4 font-mono break-all">{device.backing}</td>
      {isPending && (
        <td className={cx('py-0.5 align-top', COLOURS[each.change])}>
          {changeWords(each) ?? <span className="text-faint">stays</span>}
          {later && (
            <span className="block font-mono break-all">
              {`${later.bus}:${later.slot}:${later.func} ${later.emulation} ${later.backing}`}
            </span>
          )}
        </td>
      )}
    </tr>
  )
}
