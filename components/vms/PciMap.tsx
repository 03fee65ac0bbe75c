import type { PciDevice } from '../../server/vms/model.ts'

/** Where each device sits: bus, slot, function, what it is, what is behind it. */
export function PciMap({ devices, compact }: { devices: PciDevice[]; compact?: boolean }) {
  if (devices.length === 0) return <p className="text-muted">Its conf gives no devices.</p>
  return (
    <div className="overflow-x-auto">
      <table className="w-full text-left">
        <thead className={compact ? 'sr-only' : 'text-muted text-sm'}>
          <tr>
            <th scope="col" className="py-1 pr-4 font-medium">
              Bus:slot:function
            </th>
            <th scope="col" className="py-1 pr-4 font-medium">
              Device
            </th>
            <th scope="col" className="py-1 font-medium">
              Backing
            </th>
          </tr>
        </thead>
        <tbody className="font-mono text-sm">
          {devices.map(device => (
            <tr
              key={`${device.bus}:${device.slot}:${device.func}`}
              className={compact ? undefined : 'border-line border-t'}
            >
              <td className="py-0.5 pr-4 align-top text-muted whitespace-nowrap">
                {device.bus}:{device.slot}:{device.func}
              </td>
              <td className="py-0.5 pr-4 align-top whitespace-nowrap">{device.emulation}</td>
              <td className="py-0.5 break-all">{device.backing}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
