'use client'
import { ChevronRight } from 'lucide-react'
import type { Plan, Step, Victim } from '../../server/tasks/model.ts'
import { Banner } from './Banner.tsx'
import { Bytes } from './Bytes.tsx'
import { CopyButton } from './Copy.tsx'
import { cx } from './cx.ts'
import { plural } from './format.ts'
import { victimsInWords, victimWord } from './plan.ts'
import { ScrollArea } from './ScrollArea.tsx'
import { commandLine, shellText } from './shell.ts'
import { Time } from './Time.tsx'

/** What will happen, who dies, what to mind, and the commands: the body of every plan, before and after it ran. */
export function PlanView({
  plan,
  past,
  openCommands,
}: {
  plan: Plan
  past?: boolean
  openCommands?: boolean
}) {
  return (
    <div className="flex flex-col gap-3">
      {plan.warnings.map(warning => (
        <Banner key={warning} tone="warning">
          {warning}
        </Banner>
      ))}
      <Victims victims={plan.victims} freedBytes={plan.freedBytes} past={past} />
      <Steps steps={plan.steps} past={past} />
      <Commands steps={plan.steps} open={openCommands} />
    </div>
  )
}

function Steps({ steps, past }: { steps: Step[]; past?: boolean }) {
  if (steps.length === 0) return null
  return (
    <section>
      {!past && <h3 className="mb-1 font-medium text-sm">What will happen</h3>}
      <ol className="list-decimal pl-5 marker:text-faint">
        {steps.map((step, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a step has no name but its place
          <li key={index} className="break-words">
            {step.title}
            {step.note && <StepNote note={step.note} />}
          </li>
        ))}
      </ol>
    </section>
  )
}

/** Words stand behind the title; a list, one thing a line, below it. */
function StepNote({ note }: { note: string }) {
  if (!note.includes('\n')) return <span className="text-muted"> · {note}</span>
  return <span className="block whitespace-pre-line font-mono text-muted text-xs leading-5">{note}</span>
}

/** Each thing that will be gone, by name. Long lists scroll; none is folded away. */
function Victims({ victims, freedBytes, past }: { victims: Victim[]; freedBytes?: number; past?: boolean }) {
  if (victims.length === 0) return null
  return (
    <section aria-label={past ? 'Destroyed' : 'Will be destroyed'}>
      <h3 className="mb-1 flex flex-wrap gap-x-2 text-sm">
        <span className={cx('font-medium', !past && 'text-bad')}>
          {past ? 'Planned to destroy' : 'Will be destroyed'}: {victimsInWords(victims)}
        </span>
        {freedBytes !== undefined && (
          <span className="ml-auto text-muted">
            frees <Bytes value={freedBytes} className="font-medium text-text" />
          </span>
        )}
      </h3>
      <ul
        tabIndex={victims.length > 6 ? 0 : undefined}
        className="max-h-52 overflow-y-auto rounded-lg border border-line"
      >
        {victims.map(victim => (
          <li
            key={`${victim.kind} ${victim.name} ${victim.guid ?? ''}`}
            className="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-3 border-line border-b px-3 py-1.5 last:border-b-0"
          >
            <span className="min-w-0 text-sm">
              <span className="font-mono break-all">{victim.name}</span>{' '}
              {/* The @ says it already, and its line has no room. */}
              <span
                className={cx(
                  'whitespace-nowrap text-faint text-xs',
                  victim.kind === 'snapshot' && 'sr-only',
                )}
              >
                {victimWord(victim.kind)}
              </span>
            </span>
            <span className="flex gap-x-3 text-muted text-sm tabular-nums max-sm:flex-col max-sm:items-end">
              {victim.createdAt !== undefined && <Time at={victim.createdAt} />}
              {victim.bytes !== undefined && <Bytes value={victim.bytes} />}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** The command behind the button: exactly what runs, as text for a shell. */
function Commands({ steps, open }: { steps: Step[]; open?: boolean }) {
  const number = steps.filter(step => step.argv || step.file).length
  if (number === 0) return null
  return (
    <details open={open} className="group relative rounded-lg border border-line">
      <summary className="flex h-9 list-none items-center gap-1.5 rounded-lg px-3 text-muted hover:text-text [&::-webkit-details-marker]:hidden">
        <ChevronRight
          aria-hidden
          size={14}
          className="transition-transform duration-100 group-open:rotate-90"
        />
        Commands
        <span className="text-faint text-xs">{plural(number, 'command')}</span>
      </summary>
      <div className="absolute top-1.5 right-2">
        <CopyButton text={shellText(steps)} />
      </div>
      <ScrollArea
        label="Commands"
        className="max-h-72 overflow-auto rounded-b-lg border-line border-t bg-sunken px-3 py-2"
      >
        <pre className="font-mono text-xs leading-5">
          {steps.map((step, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a step has no name but its place
            <StepText key={index} step={step} />
          ))}
        </pre>
      </ScrollArea>
    </details>
  )
}

function StepText({ step }: { step: Step }) {
  if (step.argv) {
    return (
      <>
        {step.note && <span className="text-faint">{`# ${step.title}: ${step.note}\n`}</span>}
        {`${commandLine(step.argv)}\n`}
      </>
    )
  }
  if (step.file) return <FileText step={step} />
  return <span className="text-faint">{`${shellText([step])}\n`}</span>
}

/** A written file: whole when it is new, else as the lines that go and come. */
function FileText({ step }: { step: Step }) {
  if (step.file?.before == null) return <>{`${shellText([step])}\n`}</>
  const before = step.file.before.split('\n')
  const after = step.file.after.split('\n')
  return (
    <>
      <span className="text-faint">{`# ${step.title}: ${step.file.path}\n`}</span>
      {before
        .filter(line => !after.includes(line))
        .map(line => (
          <span key={`-${line}`} className="text-bad">{`- ${line}\n`}</span>
        ))}
      {after
        .filter(line => !before.includes(line))
        .map(line => (
          <span key={`+${line}`} className="text-ok">{`+ ${line}\n`}</span>
        ))}
    </>
  )
}
