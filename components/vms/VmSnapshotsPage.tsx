'use client'
import { Camera } from 'lucide-react'
import Link from 'next/link'
import { useMemo, useState } from 'react'
import type { Snapshot } from '../../server/snapshots/model.ts'
import type { VmDetail } from '../../server/vms/model.ts'
import { usePaths } from '../host.tsx'
import { roleReason } from '../shell/me.ts'
import { useTools } from '../shell/useTools.ts'
import { GroupTable } from '../snapshots/GroupTable.tsx'
import { takeSnapshot } from '../snapshots/menu.tsx'
import { momentColumn } from '../snapshots/moment.tsx'
import { SnapshotTable } from '../snapshots/SnapshotTable.tsx'
import { useGroups } from '../snapshots/useGroups.ts'
import { Button } from '../ui/Button.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { Section } from '../ui/Page.tsx'
import type { Column } from '../ui/table.ts'
import { VmFrame } from './VmFrame.tsx'

export function VmSnapshotsPage({ name }: { name: string }) {
  return <VmFrame name={name}>{vm => <Snapshots vm={vm} />}</VmFrame>
}

/** The snapshots of the guest: of all its zvols together, and of each by itself. */
function Snapshots({ vm }: { vm: VmDetail }) {
  const tools = useTools()
  const groups = useGroups(vm.name)
  const volumes = [...new Set(vm.disks.flatMap(disk => disk.dataset ?? []))]
  const off = useMemo(() => {
    const complete = (groups.rows ?? []).filter(group => group.isOff)
    return new Set(complete.flatMap(group => group.members.map(each => each.name)))
  }, [groups.rows])
  const extra = useMemo(() => [momentColumn<Snapshot>(off)], [off])
  const [only] = volumes
  if (only === undefined) {
    return <EmptyState title="It has no zvol.">Only disks on zvols can be snapshotted here.</EmptyState>
  }
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center gap-3">
        <Button
          look="primary"
          icon={<Camera size={16} />}
          disabled={roleReason(tools.role, 'operator')}
          onClick={() => takeSnapshot(tools, volumes)}
        >
          Take snapshot
        </Button>
        <span className="text-muted">
          {vm.pid === null
            ? 'It is off: a snapshot now is complete.'
            : 'It is running: a snapshot now is what a power cut would leave (crash-consistent).'}
        </span>
      </div>
      {volumes.length === 1 ? (
        <Section title={only} actions={<OpenVolume name={only} />}>
          <SnapshotTable dataset={only} extra={extra} />
        </Section>
      ) : (
        <>
          <Section title="All disks together">
            <GroupTable vm={vm} groups={groups} />
          </Section>
          {volumes.map(volume => (
            <ByItself key={volume} volume={volume} extra={extra} />
          ))}
        </>
      )}
    </>
  )
}

/** One disk alone; its list is read when it is looked at. */
function ByItself({ volume, extra }: { volume: string; extra: readonly Column<Snapshot>[] }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details className="mt-4" onToggle={event => setOpen(event.currentTarget.open)}>
      <summary className="cursor-pointer text-muted hover:text-text">
        <span className="font-mono text-sm">{volume}</span> by itself
      </summary>
      {isOpen && (
        <div className="mt-3">
          <OpenVolume name={volume} />
          <SnapshotTable dataset={volume} extra={extra} />
        </div>
      )}
    </details>
  )
}

function OpenVolume({ name }: { name: string }) {
  return (
    <Link href={usePaths().dataset(name)} className="text-muted hover:underline">
      Open the zvol
    </Link>
  )
}
