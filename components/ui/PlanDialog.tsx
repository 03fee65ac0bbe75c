'use client'
import { type ReactNode, useEffect, useRef } from 'react'
import { Banner } from './Banner.tsx'
import { Button } from './Button.tsx'
import { Dialog } from './Dialog.tsx'
import { ErrorNotice } from './ErrorNotice.tsx'
import { Progress } from './Meter.tsx'
import { PlanView } from './PlanView.tsx'
import type { PlanAction } from './plan.ts'
import { Loading } from './Spinner.tsx'
import { commandLine } from './shell.ts'

type PlanDialogProps = {
  onClose: () => void
  title: ReactNode
  subtitle?: ReactNode
  /** The verb on the button: "Destroy 3 snapshots". */
  verb: string
  danger?: boolean
  action: PlanAction
  /** Fields and choices; the plan below follows them. */
  children?: ReactNode
  /** Between the options and the plan's own parts: facts of this verb. */
  facts?: ReactNode
  /** What is still missing in the options; the button says it. */
  blocked?: string | false | null
  /** "about 20 s, guest away meanwhile" */
  footnote?: ReactNode
  openCommands?: boolean
  width?: 'small' | 'normal' | 'wide'
}

/**
 * The dialog behind every change: options, what will happen, who dies, the commands, one verb. It stays open while the
 * task runs and when it fails, shows the new plan when the host changed meanwhile, and closes only when it is done.
 * Render it while it is open; it has no closed state.
 */
export function PlanDialog(props: PlanDialogProps) {
  const { action, onClose, verb, danger, blocked } = props
  const { plan, running } = action
  const refused = plan?.refused
  const notice = useRef<HTMLDivElement>(null)
  const trouble = action.error ?? action.difference
  useEffect(() => {
    if (trouble) notice.current?.scrollIntoView({ block: 'nearest' })
  }, [trouble])

  const why =
    blocked ||
    refused?.message ||
    action.planError?.what ||
    ((!plan || action.planning) && 'The plan is being made.')
  /** What is said at a field of the form is not said again below it. */
  const atField = (fields: Record<string, string>) =>
    Boolean(props.children) && Object.keys(fields).length > 0
  return (
    <Dialog
      open
      onClose={onClose}
      title={props.title}
      subtitle={props.subtitle}
      width={props.width}
      onSubmit={() => {
        if (!why && !running) action.run()
      }}
      footnote={running ? <Running progress={action.progress} /> : props.footnote}
      footer={
        <>
          <Button onClick={onClose}>{running ? 'Leave it running' : 'Cancel'}</Button>
          <Button type="submit" look={danger ? 'danger' : 'primary'} busy={running} disabled={why || null}>
            {verb}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {props.children && (
          <fieldset disabled={running} className="flex min-w-0 flex-col gap-3">
            {props.children}
          </fieldset>
        )}
        {props.facts}
        {action.planError && !blocked && !atField(action.planError.fields) && (
          <ErrorNotice error={action.planError} />
        )}
        {refused && !(refused.detail?.field && props.children) && (
          <Banner tone="warning" live title={refused.message}>
            {refused.detail?.next}
          </Banner>
        )}
        {plan && !refused && (
          <div aria-busy={action.planning} className={action.planning ? 'opacity-60' : undefined}>
            <PlanView plan={plan} openCommands={props.openCommands} />
          </div>
        )}
        {!plan && !action.planError && !blocked && <Loading what="the plan" lines={3} />}
        <div ref={notice}>
          {action.difference && (
            <Banner
              tone="warning"
              live
              title="The host changed while you read. Nothing was done; this is the plan now."
            >
              <ul className="list-disc pl-4">
                {action.difference.map(sentence => (
                  <li key={sentence}>{sentence}</li>
                ))}
              </ul>
            </Banner>
          )}
          {action.error && !atField(action.error.fields) && <ErrorNotice error={action.error} />}
        </div>
      </div>
    </Dialog>
  )
}

/** Footnote while the task runs: its own words, the command it is at, and how far it is. */
function Running({ progress }: { progress: PlanAction['progress'] }) {
  const text = progress?.text ?? 'Working'
  return (
    <div className="flex w-80 max-w-full flex-col gap-1">
      <div className="flex min-h-6 items-center gap-3">
        <span role="status" className="min-w-0 flex-1 truncate" title={text}>
          {text}
        </span>
        {progress?.jump}
      </div>
      {progress?.command && (
        <span className="truncate font-mono text-faint text-xs">{commandLine(progress.command.argv)}</span>
      )}
      <Progress share={progress?.share ?? null} label={text} />
    </div>
  )
}
