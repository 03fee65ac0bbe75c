'use client'
import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import type { GuestWord } from '../../server/snapshots/model.ts'
import { useApi, usePaths, useTRPC } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { PlanDialog } from '../ui/PlanDialog.tsx'
import { GuestChoices } from './GuestChoices.tsx'

type Props = {
  /** The dataset that keeps the earlier present. */
  kept: string
  /** The one that went back. */
  live: string
  onClose: () => void
}

/** Brings back what was kept beside a roll back; what is there now is kept in its turn. */
export default function SwapBackDialog({ kept, live, onClose }: Props) {
  const paths = usePaths()
  const router = useRouter()
  const [word, setWord] = useState<GuestWord>({ stop: true, start: true, conf: 'today' })
  const action = useAction(
    useApi().snapshots.swapBack,
    { dataset: kept, guest: word },
    {
      onDone: () => {
        onClose()
        router.push(paths.dataset(live))
      },
    },
  )
  const vms = useQuery(useTRPC().vms.list.queryOptions())
  const guests = (vms.data?.value ?? [])
    .filter(vm => vm.disks.some(disk => disk.dataset === live))
    .map(vm => ({ name: vm.name, running: vm.pid !== null, otherDisks: [], confDifferences: null }))
  return (
    <PlanDialog
      title="Swap back"
      subtitle={
        <>
          <span className="font-mono text-sm">{live}</span> becomes what{' '}
          <span className="font-mono text-sm">{kept}</span> is
        </>
      }
      verb="Swap back"
      action={action}
      onClose={onClose}
    >
      {guests.length > 0 && <GuestChoices guests={guests} word={word} onWord={setWord} />}
    </PlanDialog>
  )
}
