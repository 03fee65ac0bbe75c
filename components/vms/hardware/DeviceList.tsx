'use client'
import {
  Cable,
  CircuitBoard,
  Cpu,
  Ellipsis,
  Gauge,
  HardDrive,
  type LucideIcon,
  MemoryStick,
  Microchip,
  Monitor,
  Network,
  Plug,
  SquareTerminal,
} from 'lucide-react'
import Link from 'next/link'
import type { VmDetail } from '../../../server/vms/model.ts'
import { usePaths } from '../../host.tsx'
import { useTools } from '../../shell/useTools.ts'
import { MenuButton } from '../../ui/Menu.tsx'
import { deviceMenu } from './menu.tsx'
import { type DeviceLine, deviceLines } from './words.ts'

const ICONS: Record<DeviceLine['kind'], LucideIcon> = {
  cpu: Cpu,
  memory: MemoryStick,
  firmware: CircuitBoard,
  disk: HardDrive,
  network: Network,
  screen: Monitor,
  parts: Plug,
  serial: Cable,
  console: Cable,
  passthru: Microchip,
  limits: Gauge,
  options: SquareTerminal,
}

/** Every device of the conf, with what it is in plain words and where it sits. */
export function DeviceList({ vm }: { vm: VmDetail }) {
  const paths = usePaths()
  const tools = useTools()
  return (
    <ul aria-label={`Devices of ${vm.name}`} className="rounded-lg border border-line bg-panel">
      {deviceLines(vm).map(device => {
        const Icon = ICONS[device.kind]
        return (
          <li
            key={device.id}
            className="grid grid-cols-[16px_minmax(0,1fr)_24px] items-start gap-x-3 border-line border-b px-3 py-1 leading-6 last:border-b-0 sm:grid-cols-[16px_9rem_minmax(0,1fr)_4rem_24px]"
          >
            <Icon aria-hidden size={16} className="mt-1 text-muted" />
            <span className="font-medium">{device.name}</span>
            <span className="min-w-0 max-sm:col-start-2">
              {device.words && <span className="mr-2">{device.words}</span>}
              {device.dataset ? (
                <Link
                  href={paths.dataset(device.dataset)}
                  className="font-mono text-sm wrap-anywhere underline decoration-edge underline-offset-2"
                >
                  {device.mono}
                </Link>
              ) : (
                device.mono && (
                  <span className="font-mono text-muted text-sm wrap-anywhere">{device.mono}</span>
                )
              )}
            </span>
            <span className="font-mono text-muted text-sm max-sm:col-start-2 sm:text-right">
              {device.address}
            </span>
            <span className="max-sm:col-start-3 max-sm:row-start-1">
              <MenuButton
                iconOnly
                label={`Actions of ${device.name}`}
                items={() => deviceMenu(vm, device, tools)}
                className="grid size-6 place-items-center rounded-md text-muted hover:bg-sunken hover:text-text"
              >
                <Ellipsis aria-hidden size={16} />
              </MenuButton>
            </span>
          </li>
        )
      })}
    </ul>
  )
}
