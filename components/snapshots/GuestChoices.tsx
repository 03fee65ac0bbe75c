'use client'
import type { GuestWord, RollbackGuest } from '../../server/snapshots/model.ts'
import { Select } from '../ui/Field.tsx'
import { listing } from '../ui/format.ts'
import { StateMark } from '../ui/State.tsx'

const STOP_CHOICES = [
  { value: 'restart', label: 'shut down, then start' },
  { value: 'stop', label: 'shut down, leave it off' },
  { value: 'none', label: 'leave it running' },
] as const

/** What happens to the guests that use the dataset, and which of their confs holds afterwards. */
export function GuestChoices({
  guests,
  word,
  onWord,
}: {
  guests: RollbackGuest[]
  word: GuestWord
  onWord: (word: GuestWord) => void
}) {
  if (guests.length === 0) return null
  return (
    <ul aria-label="Guests that use it" className="divide-y divide-line rounded-lg border border-line">
      {guests.map(guest => (
        <li key={guest.name} className="flex flex-col gap-2 px-3 py-2">
          <div className="flex flex-wrap items-center gap-2">
            <span className="min-w-0 flex-1 basis-52">
              <StateMark
                tone={guest.running ? 'ok' : 'idle'}
                word={
                  guest.running
                    ? `${guest.name} is running and uses it`
                    : `${guest.name} uses it and is not running`
                }
              />
            </span>
            {guest.running && (
              <Select
                aria-label={`What to do with ${guest.name}`}
                className="sm:w-56"
                choices={STOP_CHOICES}
                value={word.stop ? (word.start ? 'restart' : 'stop') : 'none'}
                onValue={choice => onWord({ ...word, stop: choice !== 'none', start: choice === 'restart' })}
              />
            )}
          </div>
          {guest.confDifferences && guest.confDifferences.length > 0 && (
            <div className="flex flex-wrap items-center gap-2">
              <span className="min-w-0 flex-1 basis-52">
                Its configuration changed since:{' '}
                <span className="font-mono text-sm">
                  {listing(
                    guest.confDifferences.map(
                      each => `${each.key} ${each.before ?? '(none)'} → ${each.today ?? '(none)'}`,
                    ),
                  )}
                </span>
              </span>
              <Select
                aria-label={`Configuration of ${guest.name}`}
                className="sm:w-56"
                choices={[
                  { value: 'today', label: "keep today's" },
                  { value: 'then', label: 'take the one of then' },
                ]}
                value={word.conf}
                onValue={conf => onWord({ ...word, conf })}
              />
            </div>
          )}
        </li>
      ))}
    </ul>
  )
}
