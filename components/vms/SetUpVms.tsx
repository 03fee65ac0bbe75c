'use client'
import { Wrench } from 'lucide-react'
import { useTools } from '../shell/useTools.ts'
import { Button } from '../ui/Button.tsx'
import { openSetUp, setUpReason } from './menu.tsx'

/** The way out of “vm-bhyve has no directory here yet”. */
export function SetUpVms() {
  const tools = useTools()
  return (
    <Button
      look="primary"
      icon={<Wrench size={16} />}
      disabled={setUpReason(tools)}
      onClick={() => openSetUp(tools)}
    >
      Set up guests
    </Button>
  )
}

export const NOT_SET_UP =
  'vm-bhyve has no directory on this machine yet, so that guests, media and switches have no place.'
