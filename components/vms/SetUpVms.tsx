'use client'
import { Wrench } from 'lucide-react'
import { lazy } from 'react'
import { roleReason } from '../shell/me.ts'
import { useTools } from '../shell/useTools.ts'
import { Button } from '../ui/Button.tsx'

const SetUpVmsDialog = lazy(() => import('./SetUpVmsDialog.tsx'))

/** The way out of “vm-bhyve has no directory here yet”. */
export function SetUpVms() {
  const { role, whyNoGuests, open } = useTools()
  return (
    <Button
      look="primary"
      icon={<Wrench size={16} />}
      disabled={whyNoGuests ?? roleReason(role, 'administrator')}
      onClick={() => open(close => <SetUpVmsDialog onClose={close} />)}
    >
      Set up guests
    </Button>
  )
}

export const NOT_SET_UP =
  'vm-bhyve has no directory on this machine yet, so that guests, media and switches have no place.'
