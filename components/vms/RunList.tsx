'use client'
import type { VmExit, VmRun } from '../../server/vms/model.ts'
import { CodeBlock } from '../ui/Copy.tsx'
import { duration } from '../ui/format.ts'
import { Panel } from '../ui/Page.tsx'
import { StateMark, type Tone } from '../ui/State.tsx'
import { Time } from '../ui/Time.tsx'
import { commandLines } from './argv.ts'

/** 0 and 1 are how a guest reboots and powers off; 2 is a halt; the rest went wrong (bhyve(8), EXIT STATUS). */
export function exitTone(exit: VmExit): Tone {
  if (exit.status === 0 || exit.status === 1) return exit.next ? 'warning' : 'ok'
  return exit.status === 2 ? 'idle' : 'bad'
}

/** Each run of a guest with how it ended, its command and what bhyve said; newest first. */
export function RunList({ runs }: { runs: VmRun[] }) {
  return (
    <ol className="flex flex-col gap-3">
      {runs.map(run => (
        <li key={run.startedAt}>
          <Panel>
            <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
              {run.exit ? (
                <StateMark tone={exitTone(run.exit)} word={run.exit.words} />
              ) : (
                <StateMark tone="ok" word="Running" />
              )}
              <span className="text-muted">
                started <Time at={run.startedAt} />
                {run.endedAt !== null && `, ran ${duration(run.endedAt - run.startedAt)}`}
                {run.exit?.status != null && `, exit ${run.exit.status}`}
                {run.exit?.signal && `, ${run.exit.signal}`}
              </span>
            </div>
            {run.exit?.next && <p className="mt-1">{run.exit.next}</p>}
            <details className="mt-2" open={Boolean(run.exit && exitTone(run.exit) === 'bad')}>
              <summary className="cursor-pointer text-muted">Command and what bhyve said</summary>
              <div className="mt-2 flex flex-col gap-2">
                <CodeBlock text={commandLines(run.argv)} label="Command" />
                {run.stderr ? (
                  <CodeBlock text={run.stderr} label="Standard error" />
                ) : (
                  <p className="text-muted">bhyve said nothing.</p>
                )}
              </div>
            </details>
          </Panel>
        </li>
      ))}
    </ol>
  )
}
