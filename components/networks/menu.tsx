'use client'
import { lazy } from 'react'
import type { SwitchRow } from '../../server/networks/model.ts'
import type { Tools } from '../shell/actions.ts'
import { roleReason } from '../shell/me.ts'
import type { MenuItem } from '../ui/Menu.tsx'

const CreateSwitchDialog = lazy(() => import('./CreateSwitchDialog.tsx'))
const EditSwitchDialog = lazy(() => import('./EditSwitchDialog.tsx'))
const DestroySwitchDialog = lazy(() => import('./DestroySwitchDialog.tsx'))

/** Why this account cannot make a switch on this host; null when it can. */
export function createSwitchReason({ role, whyNoGuests }: Tools): string | null {
  return whyNoGuests ?? roleReason(role, 'administrator')
}

export function createSwitch({ open }: Tools): void {
  open(close => <CreateSwitchDialog onClose={close} />)
}

/** Why a switch cannot be destroyed; null when it can. The plan looks once more, and closer. */
function destroyReason(one: SwitchRow): string | null {
  const guests = [...new Set(one.plugs.map(plug => plug.vm))]
  if (guests.length > 0)
    return `Guests are plugged in: ${guests.slice(0, 3).join(', ')}${guests.length > 3 ? ' …' : ''}.`
  return one.kind === 'standard' ? null : 'Skep removes standard switches only.'
}

/** Why a switch cannot be changed; null when it can. */
function editReason({ kind, declared, bridge, differences }: SwitchRow): string | null {
  if (kind !== 'standard' || !declared) return 'Skep changes standard switches only.'
  if (bridge === null) return 'It has no bridge in the kernel.'
  return differences.length > 0 ? 'Kernel and settings differ: put that right first.' : null
}

/** What can be done with a switch. */
export function switchMenu(one: SwitchRow, tools: Tools): MenuItem[] {
  return [
    { label: 'Show who is plugged in', onSelect: () => tools.go(tools.paths.network(one.name)) },
    {
      label: 'Change…',
      disabled: roleReason(tools.role, 'administrator') ?? editReason(one),
      onSelect: () => tools.open(close => <EditSwitchDialog one={one} onClose={close} />),
    },
    'separator',
    {
      label: 'Destroy…',
      danger: true,
      disabled: roleReason(tools.role, 'administrator') ?? destroyReason(one),
      onSelect: () => tools.open(close => <DestroySwitchDialog name={one.name} onClose={close} />),
    },
  ]
}

export function generalNetworkMenu(tools: Tools): MenuItem[] {
  return [
    { label: 'Create a switch…', disabled: createSwitchReason(tools), onSelect: () => createSwitch(tools) },
  ]
}
