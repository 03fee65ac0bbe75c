'use client'
import { useEffect, useState } from 'react'
import {
  type GroupRollbackFacts,
  type GuestWord,
  groupRollbackFactsOf,
  type RollbackFacts,
  type RollbackGuest,
  type SnapshotGroup,
} from '../../server/snapshots/model.ts'
import { useApi } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { Bytes } from '../ui/Bytes.tsx'
import { bytes, plural } from '../ui/format.ts'
import { PlanDialog } from '../ui/PlanDialog.tsx'
import { Time } from '../ui/Time.tsx'
import { StopLadder } from '../vms/StopLadder.tsx'
import { GuestChoices } from './GuestChoices.tsx'

/** All zvols of a guest go back together, or none: what each of them loses, before the button is live. */
export default function RollbackGuestDialog({
  vm,
  group,
  onClose,
}: {
  vm: string
  group: SnapshotGroup
  onClose: () => void
}) {
  const [word, setWord] = useState<GuestWord>({ stop: true, start: true, conf: 'today' })
  const action = useAction(
    useApi().snapshots.rollbackGuest,
    { vm, tag: group.tag, guest: word },
    { onDone: onClose },
  )
  const seen = groupRollbackFactsOf(action.plan?.facts)
  // Facts of the choice before stay on the screen while those of the new one are on their way.
  const [facts, setFacts] = useState<GroupRollbackFacts | null>(null)
  useEffect(() => {
    if (seen) setFacts(seen)
  }, [seen])
  const guests = facts ? guestsOf(facts) : []

  return (
    <PlanDialog
      title={`Roll ${vm} back to ${group.tag}`}
      subtitle={
        <>
          {plural(group.members.length, 'disk')} · taken <Time at={group.createdAt} />
        </>
      }
      verb="Go back"
      danger
      action={action}
      onClose={onClose}
      facts={guests.map(guest => <StopLadder key={guest.name} vm={guest.name} />)}
      footnote={guests.some(guest => guest.running) ? 'The guest is away meanwhile.' : undefined}
    >
      {facts && (
        <ul aria-label="What each disk loses" className="divide-y divide-line rounded-lg border border-line">
          {facts.members.map(member => (
            <li key={member.dataset.name} className="flex flex-wrap items-baseline gap-x-3 px-3 py-2">
              <span
                className="min-w-0 flex-1 basis-52 truncate font-mono text-sm"
                title={member.dataset.name}
              >
                {member.dataset.name}
              </span>
              <span className="text-muted">{lossOf(member)}</span>
              <span>
                <Bytes value={member.writtenBytes} /> written since
              </span>
            </li>
          ))}
        </ul>
      )}
      <GuestChoices guests={guests} word={word} onWord={setWord} />
    </PlanDialog>
  )
}

function lossOf({ newer }: RollbackFacts): string {
  const snapshots = newer.filter(each => each.kind === 'snapshot')
  const bookmarks = newer.length - snapshots.length
  const used = snapshots.reduce((total, each) => total + (each.usedBytes ?? 0), 0)
  const gone = [
    snapshots.length > 0 ? `${plural(snapshots.length, 'newer snapshot')} (${bytes(used)})` : null,
    bookmarks > 0 ? plural(bookmarks, 'newer bookmark') : null,
  ].filter(part => part !== null)
  return gone.length > 0 ? gone.join(', ') : 'nothing newer'
}

/** Each guest once; a disk of then may know its conf where another does not. All of this guest's disks go along. */
function guestsOf({ members }: GroupRollbackFacts): RollbackGuest[] {
  const byName = Map.groupBy(
    members.flatMap(each => each.guests),
    each => each.name,
  )
  return [...byName.values()].flatMap(same => {
    const guest = same.find(each => each.confDifferences !== null) ?? same[0]
    return guest ? [guest] : []
  })
}
