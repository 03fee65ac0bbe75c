'use client'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import type { VmDetail } from '../../server/vms/model.ts'
import { usePaths, useTRPC } from '../host.tsx'
import { Bytes } from '../ui/Bytes.tsx'
import { bytes } from '../ui/format.ts'
import { Meter } from '../ui/Meter.tsx'
import { KeyValues, Panel } from '../ui/Page.tsx'
import { StateMark } from '../ui/State.tsx'
import { Time } from '../ui/Time.tsx'
import { LastPictures } from './LastPictures.tsx'
import { PciMap } from './PciMap.tsx'
import { exitTone } from './RunList.tsx'
import { Uptime } from './Uptime.tsx'
import { UsePanel } from './UsePanel.tsx'
import { VmFrame } from './VmFrame.tsx'

export function VmOverviewPage({ name }: { name: string }) {
  return <VmFrame name={name}>{vm => <Overview vm={vm} />}</VmFrame>
}

function Overview({ vm }: { vm: VmDetail }) {
  const paths = usePaths()
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-2">
      <div className="flex min-w-0 flex-col gap-4">
        <Guest vm={vm} />
        <LastExits vm={vm} />
        <LastPictures guest={vm.name} />
      </div>
      <div className="flex min-w-0 flex-col gap-4">
        <Attached vm={vm} />
        <Panel
          title="PCI"
          actions={
            <Link href={paths.vm(vm.name, 'hardware')} className="text-muted hover:underline">
              Hardware
            </Link>
          }
        >
          <PciMap devices={vm.devices} compact />
        </Panel>
      </div>
      <UsePanel vm={vm} />
    </div>
  )
}

const mono = (text: string) => <span className="font-mono text-sm break-all">{text}</span>

function Guest({ vm }: { vm: VmDetail }) {
  return (
    <Panel title="Guest">
      <KeyValues
        items={[
          [
            'Uptime',
            vm.startedAt === null || vm.pid === null ? null : <Uptime key="u" since={vm.startedAt} />,
          ],
          ['CPUs', vm.cpus],
          [
            'Load',
            vm.cpuPercent === null ? null : (
              <Share
                key="c"
                label={`CPU of ${vm.name}`}
                share={vm.cpuPercent / 100 / (vm.cpus ?? 1)}
                words={`${Math.round(vm.cpuPercent)} % of one CPU`}
              />
            ),
          ],
          [
            'Memory',
            vm.memoryBytes === null ? null : vm.residentBytes === null ? (
              <Bytes key="m" value={vm.memoryBytes} />
            ) : (
              <Share
                key="m"
                label={`Memory of ${vm.name}`}
                share={vm.residentBytes / vm.memoryBytes}
                words={`${bytes(vm.residentBytes)} of ${bytes(vm.memoryBytes)} resident`}
              />
            ),
          ],
          ['VNC', vm.vnc ? mono(vm.vnc) : vm.graphics ? 'while it runs' : 'no framebuffer'],
          ['Autostart', vm.autostart === null ? 'No' : `Yes, in place ${vm.autostart}`],
          ['Loader', mono(vm.loader)],
          ['Started by', vm.supervisor === null ? null : SUPERVISORS[vm.supervisor]],
          ['Datastore', vm.datastore],
          ['Directory', mono(vm.directory)],
        ]}
      />
    </Panel>
  )
}

/** A share as a thin bar, with the figures it comes from. Being busy is no warning. */
function Share({ label, share, words }: { label: string; share: number; words: string }) {
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2">
      <Meter bare share={share} label={label} warnAt={Number.POSITIVE_INFINITY} width="w-16" />
      {words}
    </span>
  )
}

function Attached({ vm }: { vm: VmDetail }) {
  const paths = usePaths()
  const datasets = useQuery(useTRPC().datasets.list.queryOptions()).data?.value
  return (
    <Panel title="Disks and network">
      <ul className="flex flex-col gap-1.5">
        {vm.disks.map(disk => {
          const volume = datasets?.find(each => each.name === disk.dataset)
          return (
            <li key={disk.index} className="flex flex-wrap gap-x-2">
              <span className="text-muted">disk{disk.index}</span>
              <span>{disk.emulation}</span>
              {disk.dataset ? (
                <Link
                  href={paths.dataset(disk.dataset)}
                  className="font-mono text-sm break-all underline decoration-edge underline-offset-2"
                >
                  {disk.dataset}
                </Link>
              ) : (
                mono(disk.path)
              )}
              {volume && (
                <span className="text-muted">
                  {bytes(volume.referencedBytes)} of {bytes(volume.volsizeBytes ?? 0)}
                </span>
              )}
            </li>
          )
        })}
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
  )
}

function LastExits({ vm }: { vm: VmDetail }) {
  const paths = usePaths()
  const exits = vm.runs.flatMap(run => (run.exit ? [run.exit] : [])).slice(0, 5)
  return (
    <Panel
      title="Last exits"
      actions={
        exits.length > 0 && (
          <Link href={paths.vm(vm.name, 'log')} className="text-muted hover:underline">
            Log
          </Link>
        )
      }
    >
      {exits.length === 0 ? (
        <p className="text-muted">No run of it has ended yet, as far as Skep has seen.</p>
      ) : (
        <ul className="flex flex-col gap-1.5">
          {exits.map(exit => (
            <li key={exit.at} className="flex flex-wrap items-baseline gap-x-2">
              <StateMark tone={exitTone(exit)} word={exit.words} />
              <span className="text-muted">
                <Time at={exit.at} />
                {exit.status !== null && `, exit ${exit.status}`}
                {exit.signal && `, ${exit.signal}`}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

const SUPERVISORS = { skep: "Skep's run script", 'vm-bhyve': 'vm-bhyve', unknown: 'somebody else' }
