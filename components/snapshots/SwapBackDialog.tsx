'use client'
import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import { type GuestWord, guestsOfSwap, type RollbackGuest } from '../../server/snapshots/model.ts'
import { useApi, usePaths } from '../host.tsx'
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
  const seen = guestsOfSwap(action.plan?.facts)
  // Those of the choice before stay on the screen while the new plan is on its way.
  const [guests, setGuests] = useState<RollbackGuest[]>([])
  useEffect(() => {
    if (seen) setGuests(seen)
  }, [seen])
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
      <GuestChoices guests={guests} word={word} onWord={setWord} />
    </PlanDialog>
  )
}
