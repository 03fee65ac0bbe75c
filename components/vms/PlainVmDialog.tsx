'use client'
import { useApi } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { PlanDialog } from '../ui/PlanDialog.tsx'
import type { VmDialogProps } from './dialog.ts'

const WORDS = {
  forceOff: {
    title: 'Force off',
    subtitle: 'As if its power cord were pulled: what the guest has not written yet is lost.',
    danger: true,
  },
  reset: {
    title: 'Reset',
    subtitle: 'As if its reset button were pressed: what the guest has not written yet is lost.',
    danger: true,
  },
  nmi: {
    title: 'Send NMI',
    subtitle: 'A non-maskable interrupt, for a guest that hangs: to see where, not to stop it.',
    danger: true,
  },
  cleanUp: {
    title: 'Clean up',
    subtitle: 'Its last bhyve is gone, but left these things behind. Nothing else is touched.',
    danger: false,
  },
}
export type PlainVerb = keyof typeof WORDS

/** The verbs that ask nothing but whether: the plan is the whole dialog. */
export default function PlainVmDialog({ vm, verb, onClose }: VmDialogProps & { verb: PlainVerb }) {
  const action = useAction(useApi().vms[verb], { vm: vm.name }, { onDone: onClose })
  const { title, subtitle, danger } = WORDS[verb]
  return (
    <PlanDialog
      title={`${title}: ${vm.name}`}
      subtitle={subtitle}
      verb={title}
      danger={danger}
      action={action}
      onClose={onClose}
    />
  )
}
