'use client'
import { lazy, type ReactNode } from 'react'
import { type Vm, type VmVerb, whyNot } from '../../server/vms/model.ts'
import type { Tools } from '../shell/actions.ts'
import { roleReason } from '../shell/me.ts'
import type { MenuItem } from '../ui/Menu.tsx'

const CreateVmDialog = lazy(() => import('./CreateVmDialog.tsx'))
const ShutDownVmDialog = lazy(() => import('./ShutDownVmDialog.tsx'))
const PlainVmDialog = lazy(() => import('./PlainVmDialog.tsx'))
const DestroyVmDialog = lazy(() => import('./DestroyVmDialog.tsx'))
const EditVmDialog = lazy(() => import('./EditVmDialog.tsx'))
const StartOrderDialog = lazy(() => import('./StartOrderDialog.tsx'))
const CloneVmDialog = lazy(() => import('./CloneVmDialog.tsx'))

/** Why a verb cannot be done to this guest by this account: the role first, then the guest's state. */
export function vmReason(vm: Vm, verb: VmVerb, tools: Tools): string | null {
  return roleReason(tools.role, verb === 'destroy' ? 'administrator' : 'operator') ?? whyNot(vm, verb)
}

/** Starts it at once, or opens the dialog of the verb. */
export function doToVm(vm: Vm, verb: VmVerb, { api, act, open }: Tools): void {
  const show = (render: (props: { vm: Vm; onClose: () => void }) => ReactNode) =>
    open(close => render({ vm, onClose: close }))
  switch (verb) {
    case 'start':
      void act(api.vms.start, { vm: vm.name })
      break
    case 'shutdown':
      show(props => <ShutDownVmDialog {...props} />)
      break
    case 'forceOff':
    case 'reset':
    case 'nmi':
    case 'cleanUp':
      show(props => <PlainVmDialog {...props} verb={verb} />)
      break
    case 'edit':
      show(props => <EditVmDialog {...props} />)
      break
    case 'clone':
      show(props => <CloneVmDialog {...props} />)
      break
    case 'destroy':
      show(props => <DestroyVmDialog {...props} />)
      break
  }
}

const LABELS: Record<VmVerb, string> = {
  start: 'Start',
  shutdown: 'Shut down…',
  reset: 'Reset…',
  forceOff: 'Force off…',
  nmi: 'Send NMI…',
  edit: 'Edit…',
  clone: 'Clone…',
  cleanUp: 'Clean up…',
  destroy: 'Destroy…',
}
const GROUPS: readonly (readonly VmVerb[])[] = [
  ['start', 'shutdown', 'reset', 'forceOff', 'nmi'],
  ['edit', 'clone', 'cleanUp'],
  ['destroy'],
]

/** Everything that can be done to a guest; the same list in the tree, in rows, on its page and in the palette. */
export function vmMenu(vm: Vm, tools: Tools): MenuItem[] {
  const verbs = GROUPS.flatMap((group, index): MenuItem[] => [
    ...(index > 0 ? (['separator'] as const) : []),
    ...group.map(verb => ({
      label: LABELS[verb],
      danger: verb === 'forceOff' || verb === 'destroy',
      disabled: vmReason(vm, verb, tools),
      onSelect: () => doToVm(vm, verb, tools),
    })),
  ])
  return [{ label: 'Open console', onSelect: () => tools.go(tools.paths.vm(vm.name, 'console')) }, ...verbs]
}

/** Why this account cannot make a guest on this host; null when it can. */
export function createVmReason({ role, whyNoGuests }: Tools): string | null {
  return whyNoGuests ?? roleReason(role, 'operator')
}

/** Opens the form for a new guest, on an existing zvol when one is named. */
export function createVm({ open }: Tools, volume?: string): void {
  open(close => <CreateVmDialog volume={volume ?? null} onClose={close} />)
}

/** Opens the list of guests that start with the machine. */
export function openStartOrder({ open }: Tools): void {
  open(close => <StartOrderDialog onClose={close} />)
}

export function generalVmMenu(tools: Tools): MenuItem[] {
  return [
    {
      label: 'Create a virtual machine…',
      disabled: createVmReason(tools),
      onSelect: () => createVm(tools),
    },
    {
      label: 'Start order of virtual machines…',
      disabled: createVmReason(tools),
      onSelect: () => openStartOrder(tools),
    },
  ]
}
