import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Explained } from '../errors.ts'
import { CodeBlock } from './Copy.tsx'
import { commandLine } from './shell.ts'

/** An error where it happened: what, what next, and the program's own words when there are some. */
export function ErrorNotice({ error, action }: { error: Explained; action?: ReactNode }) {
  return (
    <div role="alert" className="flex gap-2 rounded-lg border border-bad bg-bad-soft px-3 py-2">
      <CircleAlert aria-hidden size={16} className="mt-0.5 shrink-0 text-bad" />
      <div className="min-w-0 flex-1 break-words">
        <p className="font-medium">{error.title}</p>
        <p>{error.what}</p>
        {error.next && <p className="text-muted">{error.next}</p>}
        <HostSaid error={error} />
      </div>
      {action && <div className="shrink-0">{action}</div>}
    </div>
  )
}

/** The command and its whole answer, to be opened; nothing where no command was run. */
export function HostSaid({ error }: { error: Explained }) {
  const { output } = error.detail
  if (!error.argv && !error.stderr && !output) return null
  return (
    <details className="mt-1">
      <summary className="w-fit py-0.5 text-muted text-sm">What the host said</summary>
      <CodeBlock
        label="Output"
        className="mt-1"
        text={[
          error.argv && `$ ${commandLine(error.argv)}`,
          output?.trimEnd(),
          error.stderr?.trimEnd(),
          error.exit !== null && `exit ${error.exit}`,
        ]
          .filter(Boolean)
          .join('\n')}
      />
    </details>
  )
}
