import type { Capability } from '../../server/system/model.ts'
import { CopyButton } from '../ui/Copy.tsx'
import { StateMark } from '../ui/State.tsx'

const WORDS = {
  ok: { tone: 'ok', word: 'Ready' },
  warning: { tone: 'warning', word: 'Attention' },
  missing: { tone: 'bad', word: 'Missing' },
  absent: { tone: 'idle', word: 'Not here' },
} as const
const ORDER = { missing: 0, warning: 1, absent: 2, ok: 3 } as const

/** What the host can do, and the command that would mend what it cannot. */
export function Checklist({ capabilities }: { capabilities: readonly Capability[] }) {
  const sorted = [...capabilities].sort((a, b) => ORDER[a.state] - ORDER[b.state])
  return (
    <ul className="rounded-lg border border-line bg-panel">
      {sorted.map(capability => (
        <li key={capability.id} className="border-line border-b px-4 py-2 last:border-b-0">
          <div className="flex flex-wrap items-baseline gap-x-3 sm:grid sm:grid-cols-[minmax(0,11rem)_6.5rem_minmax(0,1fr)]">
            <span className="font-medium">{capability.title}</span>
            <StateMark {...WORDS[capability.state]} className="text-muted text-sm" />
            <p className="basis-full text-muted break-words">{capability.reason}</p>
          </div>
          {capability.mend && (
            <div className="mt-1 flex items-center gap-2 rounded-md bg-sunken py-1 pr-1 pl-3">
              <code className="min-w-0 flex-1 font-mono text-sm break-all">{capability.mend}</code>
              <CopyButton iconOnly text={capability.mend} label="Copy the command" />
            </div>
          )}
        </li>
      ))}
    </ul>
  )
}
