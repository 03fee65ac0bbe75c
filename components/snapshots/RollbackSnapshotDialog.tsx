'use client'
import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import {
  type GuestWord,
  type RollbackFacts,
  type RollbackWay,
  rollbackFactsOf,
  type Snapshot,
} from '../../server/snapshots/model.ts'
import { useApi, usePaths } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { Bytes } from '../ui/Bytes.tsx'
import { Field, Input, RadioCards } from '../ui/Field.tsx'
import { bytes, plural } from '../ui/format.ts'
import { PlanDialog } from '../ui/PlanDialog.tsx'
import { Time } from '../ui/Time.tsx'
import { StopLadder } from '../vms/StopLadder.tsx'
import { GuestChoices } from './GuestChoices.tsx'

const VERBS: Record<RollbackWay, string> = {
  'go-back': 'Go back',
  keep: "Go back, keep today's state",
  beside: 'Open beside it',
}

/** The three ways back, with everything each of them costs, before the button is live. */
export default function RollbackSnapshotDialog({
  snapshot,
  onClose,
}: {
  snapshot: Snapshot
  onClose: () => void
}) {
  const paths = usePaths()
  const router = useRouter()
  const [way, setWay] = useState<RollbackWay>('keep')
  const [word, setWord] = useState<GuestWord>({ stop: true, start: true, conf: 'today' })
  const [name, setName] = useState<{ way: RollbackWay; text: string } | null>(null)
  const typed = name?.way === way ? name.text : undefined
  const action = useAction(
    useApi().snapshots.rollback,
    {
      snapshot: snapshot.name,
      way,
      guest: word,
      ...(typed !== undefined && way === 'keep' ? { keepAs: typed } : {}),
      ...(typed !== undefined && way === 'beside' ? { besideAs: typed } : {}),
    },
    {
      onDone: () => {
        onClose()
        if (way !== 'beside') router.push(paths.dataset(snapshot.dataset, 'snapshots'))
      },
    },
  )
  const seen = rollbackFactsOf(action.plan?.facts)
  // Facts of the way before stay on the screen while those of the new one are on their way.
  const [facts, setFacts] = useState<RollbackFacts | null>(null)
  useEffect(() => {
    if (seen) setFacts(seen)
  }, [seen])
  const target = typed ?? seen?.target ?? ''

  return (
    <PlanDialog
      title={`Roll back to ${snapshot.tag}`}
      subtitle={
        <>
          <span className="font-mono text-sm">{snapshot.dataset}</span> · taken{' '}
          {/* Its place is kept from the first: nothing moves below the pointer when it is known. */}
          <Time at={snapshot.createdAt} /> · {facts ? <Bytes value={facts.writtenBytes} /> : '…'} written
          since
        </>
      }
      verb={VERBS[way]}
      danger={way === 'go-back'}
      action={action}
      onClose={onClose}
      facts={facts?.guests.map(guest => <StopLadder key={guest.name} vm={guest.name} />)}
      footnote={
        way !== 'beside' && facts?.guests.some(guest => guest.running)
          ? 'The guest is away meanwhile.'
          : undefined
      }
    >
      <RadioCards
        legend="How to go back"
        legendHidden
        value={way}
        onValue={setWay}
        choices={[
          { value: 'go-back', label: 'Go back', hint: goBackHint(facts) },
          { value: 'keep', label: 'Go back, keep what is there now', hint: keepHint(facts) },
          {
            value: 'beside',
            label: 'Open beside it',
            hint:
              facts && facts.guests.length > 0
                ? 'A second guest from this snapshot, without network. Nothing else changes.'
                : 'A clone of this snapshot. Nothing else changes.',
          },
        ]}
      />
      {way !== 'go-back' && (
        <Field
          label={
            way === 'keep'
              ? "Today's state stays as"
              : facts && facts.guests.length > 0
                ? 'Name of the new guest'
                : 'Name of the clone'
          }
          error={action.fields.keepAs ?? action.fields.besideAs ?? action.fields.target}
        >
          <Input mono value={target} onChange={event => setName({ way, text: event.target.value })} />
        </Field>
      )}
      {way !== 'beside' && facts && <GuestChoices guests={facts.guests} word={word} onWord={setWord} />}
    </PlanDialog>
  )
}

function goBackHint(facts: RollbackFacts | null): string {
  if (!facts) return 'Destroys what is newer. Cannot be undone.'
  const snapshots = facts.newer.filter(each => each.kind === 'snapshot').length
  const bookmarks = facts.newer.length - snapshots
  const gone = [
    snapshots > 0 ? plural(snapshots, 'snapshot') : null,
    bookmarks > 0 ? plural(bookmarks, 'bookmark') : null,
  ].filter(Boolean)
  const newer = gone.length > 0 ? `Destroys what is newer: ${gone.join(', ')}, and ` : 'Destroys '
  return `${newer}${bytes(facts.writtenBytes)} written since. Cannot be undone.`
}

function keepHint(facts: RollbackFacts | null): string {
  const snapshots = facts?.newer.filter(each => each.kind === 'snapshot').length ?? 0
  const also = snapshots > 0 ? ` with its ${plural(snapshots, 'newer snapshot')}` : ''
  const keeps = facts ? ` Keeps ${bytes(facts.writtenBytes)}.` : ''
  return `Today's state stays beside it${also} and can be swapped back.${keeps}`
}
