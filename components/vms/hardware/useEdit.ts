'use client'
import { useState } from 'react'
import type { ChangeDeviceInput } from '../../../server/vms/input.hardware.ts'
import type { VmDetail } from '../../../server/vms/model.ts'
import { useApi } from '../../host.tsx'
import { useAction } from '../../shell/useAction.ts'

/**
 * A change of one device, planned as the form is filled in. `device` is the form as input, or the sentence that says what
 * is wrong with it; as it was at first it is no change.
 */
export function useChange(vm: VmDetail, device: ChangeDeviceInput['device'] | string, onDone: () => void) {
  const [first] = useState(() => JSON.stringify(device))
  const isSame = JSON.stringify(device) === first
  const input = isSame || typeof device === 'string' ? null : { vm: vm.name, revision: vm.revision, device }
  const action = useAction(useApi().vms.changeDevice, input, { onDone })
  const blocked = typeof device === 'string' ? device : isSame ? 'Nothing is changed yet.' : null
  return { action, blocked }
}
