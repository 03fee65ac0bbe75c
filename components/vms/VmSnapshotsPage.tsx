'use client'
import { Camera } from 'lucide-react'
import Link from 'next/link'
import type { VmDetail } from '../../server/vms/model.ts'
import { usePaths } from '../host.tsx'
import { roleReason } from '../shell/me.ts'
import { useTools } from '../shell/useTools.ts'
import { takeSnapshot } from '../snapshots/menu.tsx'
import { SnapshotTable } from '../snapshots/SnapshotTable.tsx'
import { Button } from '../ui/Button.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { Section } from '../ui/Page.tsx'
import { VmFrame } from './VmFrame.tsx'

export function VmSnapshotsPage({ name }: { name: string }) {
  return <VmFrame name={name}>{vm => <Snapshots vm={vm} />}</VmFrame>
}

/** The snapshots of each zvol of the guest; one button snapshots all of them at the same moment. */
function Snapshots({ vm }: { vm: VmDetail }) {
  const paths = usePaths()
  const tools = useTools()
  const volumes = vm.disks.flatMap(disk => (disk.dataset ? [disk.dataset] : []))
  if (volumes.length === 0) {
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
      {volumes.map(volume => (
        <Section
          key={volume}
          title={volume}
          actions={
            <Link href={paths.dataset(volume)} className="text-muted hover:underline">
              Open the zvol
            </Link>
          }
        >
          <SnapshotTable dataset={volume} />
        </Section>
      ))}
    </>
  )
}
