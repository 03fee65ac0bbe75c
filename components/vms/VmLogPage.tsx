'use client'
import { EmptyState } from '../ui/EmptyState.tsx'
import { RunList } from './RunList.tsx'
import { VmFrame } from './VmFrame.tsx'

export function VmLogPage({ name }: { name: string }) {
  return (
    <VmFrame name={name}>
      {vm =>
        vm.runs.length > 0 ? (
          <RunList runs={vm.runs} />
        ) : (
          <EmptyState title="No run is recorded.">
            Skep records every run that it starts: the command, how it ended and what bhyve said. Runs that
            vm(8) starts are in its own log.
          </EmptyState>
        )
      }
    </VmFrame>
  )
}
