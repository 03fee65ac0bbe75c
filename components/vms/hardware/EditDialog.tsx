'use client'
import type { ReactNode } from 'react'
import { hardwarePlanFactsOf, type VmDetail } from '../../../server/vms/model.ts'
import { Banner } from '../../ui/Banner.tsx'
import { PlanDialog } from '../../ui/PlanDialog.tsx'
import type { PlanAction } from '../../ui/plan.ts'
import { commandLines } from '../argv.ts'
import { isAlive } from '../words.ts'
import { Diff } from './Diff.tsx'

/** What every dialog about a guest's devices is given: the guest as the page showed it, with its revision. */
export type DeviceDialogProps = { vm: VmDetail; onClose: () => void }

/** A form about a device, and below it what it changes in the conf and in bhyve's command line, as it is filled in. */
export function EditDialog({
  vm,
  title,
  verb,
  action,
  blocked,
  fieldsShown,
  onClose,
  children,
}: {
  vm: VmDetail
  title: string
  verb: string
  action: PlanAction
  blocked?: string | false | null
  /** Names of fields that the form shows an error at; of others it stands below the form. */
  fieldsShown: readonly string[]
  onClose: () => void
  children?: ReactNode
}) {
  const strays = Object.entries(action.fields).filter(([field]) => !fieldsShown.includes(field))
  return (
    <PlanDialog
      title={title}
      subtitle={isAlive(vm.state) ? `${vm.name} runs: it has this from its next cold start on.` : undefined}
      verb={verb}
      width="wide"
      action={action}
      onClose={onClose}
      blocked={blocked}
      facts={!blocked && <Preview action={action} />}
    >
      {children}
      {!blocked &&
        strays.map(([field, message]) => (
          <Banner key={field} tone="warning" live title={message}>
            <span className="font-mono text-sm">{field}</span>
          </Banner>
        ))}
    </PlanDialog>
  )
}

function Preview({ action }: { action: PlanAction }) {
  const facts = action.plan?.refused ? null : hardwarePlanFactsOf(action.plan?.facts)
  if (!facts) return null
  const commands = [commandLines(facts.argvBefore), commandLines(facts.argvAfter)] as const
  return (
    <div aria-busy={action.planning} className={action.planning ? 'opacity-60' : undefined}>
      <h3 className="mb-1 font-medium text-sm">In its conf</h3>
      <Diff label="Change of the conf" before={facts.before} after={facts.after} />
      <h3 className="mt-3 mb-1 font-medium text-sm">In bhyve's command line, from its next start</h3>
      {facts.argvAfter.length === 0 ? (
        <p className="text-muted">It cannot be told: its conf does not start as it is.</p>
      ) : commands[0] === commands[1] ? (
        <p className="text-muted">Nothing changes there.</p>
      ) : (
        <Diff label="Change of the command line" before={commands[0]} after={commands[1]} />
      )}
    </div>
  )
}
