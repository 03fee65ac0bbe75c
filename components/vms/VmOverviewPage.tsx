'use client'
import Link from 'next/link'
import type { VmDetail } from '../../server/vms/model.ts'
import { paths } from '../shell/paths.ts'
import { Bytes } from '../ui/Bytes.tsx'
import { bytes } from '../ui/format.ts'
import { KeyValues, Panel } from '../ui/Page.tsx'
import { StateMark } from '../ui/State.tsx'
import { Time } from '../ui/Time.tsx'
import { PciMap } from './PciMap.tsx'
import { exitTone } from './RunList.tsx'
import { VmFrame } from './VmFrame.tsx'

export function VmOverviewPage({ name }: { name: string }) {
  return <VmFrame name={name}>{vm => <Overview vm={vm} />}</VmFrame>
}

function Overview({ vm }: { vm: VmDetail }) {
  const exits = vm.runs.flatMap(run => (run.exit ? [run.exit] : [])).slice(0, 5)
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <Panel title="Guest">
        <KeyValues
          items={[
            [
              'Loader',
              <span key="l" className="font-mono text-sm">
                {vm.loader}
              </span>,
            ],
            ['CPUs', vm.cpus],
            [
              'Memory',
              vm.memoryBytes === null ? null : vm.residentBytes === null ? (
                <Bytes key="m" value={vm.memoryBytes} />
              ) : (
                `${bytes(vm.residentBytes)} of ${bytes(vm.memoryBytes)} resident`
              ),
            ],
            ['Load', vm.cpuPercent === null ? null : `${Math.round(vm.cpuPercent)} % of one CPU`],
            [
              'VNC',
              vm.vnc ? (
                <span key="v" className="font-mono text-sm">
                  {vm.vnc}
                </span>
              ) : vm.graphics ? (
                'while it runs'
              ) : (
                'no framebuffer'
              ),
            ],
            ['Autostart', vm.autostart === null ? 'No' : `Yes, in place ${vm.autostart}`],
            ['Started by', vm.supervisor === null ? null : SUPERVISORS[vm.supervisor]],
            ['Datastore', vm.datastore],
            [
              'Directory',
              <span key="d" className="font-mono text-sm">
                {vm.directory}
              </span>,
            ],
          ]}
        />
      </Panel>
      <Panel title="Disks and network">
        <ul className="flex flex-col gap-1.5">
          {vm.disks.map(disk => (
            <li key={disk.index} className="flex flex-wrap gap-x-2">
              <span className="text-muted">disk{disk.index}</span>
              <span>{disk.emulation}</span>
              {disk.dataset ? (
                <Link
                  href={paths.dataset(disk.dataset)}
                  className="font-mono text-sm underline decoration-edge underline-offset-2"
                >
                  {disk.dataset}
                </Link>
              ) : (
                <span className="font-mono text-sm break-all">{disk.path}</span>
              )}
            </li>
          ))}
          {vm.nics.map(nic => (
            <li key={nic.index} className="flex flex-wrap gap-x-2">
              <span className="text-muted">network{nic.index}</span>
              <span>{nic.emulation}</span>
              <span>{nic.switchName ? `on switch ${nic.switchName}` : 'on no switch'}</span>
              {nic.mac && <span className="font-mono text-muted text-sm">{nic.mac}</span>}
            </li>
          ))}
          {vm.disks.length + vm.nics.length === 0 && (
            <li className="text-muted">It has neither disks nor network cards.</li>
          )}
        </ul>
      </Panel>
      <Panel title="Last exits">
        {exits.length === 0 ? (
          <p className="text-muted">No run of it has ended yet.</p>
        ) : (
          <ul className="flex flex-col gap-1.5">
            {exits.map(exit => (
              <li key={exit.at} className="flex flex-wrap items-baseline gap-x-2">
                <StateMark tone={exitTone(exit)} word={exit.words} />
                <span className="text-muted">
                  <Time at={exit.at} />
                  {exit.status !== null && `, exit ${exit.status}`}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <Panel title="PCI">
        <PciMap devices={vm.devices} compact />
      </Panel>
    </div>
  )
}

const SUPERVISORS = { skep: "Skep's run script", 'vm-bhyve': 'vm-bhyve', unknown: 'somebody else' }
