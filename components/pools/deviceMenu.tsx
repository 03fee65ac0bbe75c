'use client'
import { lazy } from 'react'
import type { PoolDetail, Vdev } from '../../server/pools/model.ts'
import type { Tools } from '../shell/actions.ts'
import { roleReason } from '../shell/me.ts'
import type { MenuItem } from '../ui/Menu.tsx'
import { DEVICE_LABELS, type DeviceVerb } from './deviceVerbs.ts'

const DeviceDialog = lazy(() => import('./DeviceDialog.tsx'))
const ClearErrorsDialog = lazy(() => import('./ClearErrorsDialog.tsx'))
const DiskDialog = lazy(() => import('./DiskDialog.tsx'))

/** Opens the dialog of a verb; `vdev` null is the whole pool, which only `clear` knows. */
export function doToDevice(pool: string, vdev: Vdev | null, verb: DeviceVerb, { open }: Tools): void {
  open(close => {
    if (verb === 'clear' || vdev === null)
      return <ClearErrorsDialog pool={pool} vdev={vdev} onClose={close} />
    if (verb === 'replace' || verb === 'attach')
      return <DiskDialog pool={pool} vdev={vdev} verb={verb} onClose={close} />
    return <DeviceDialog pool={pool} vdev={vdev} verb={verb} onClose={close} />
  })
}

const errorsOf = ({ readErrors, writeErrors, checksumErrors }: Vdev) =>
  readErrors + writeErrors + checksumErrors

/** Others hold what it holds. */
function isMirrored(vdevs: readonly Vdev[], device: Vdev): boolean {
  return vdevs.some(
    ({ kind, children }) =>
      (['mirror', 'replacing', 'spare'].includes(kind) && children.some(each => each.name === device.name)) ||
      isMirrored(children, device),
  )
}

/** What can be done with one device of a pool. */
export function deviceMenu(pool: PoolDetail, vdev: Vdev, tools: Tools): MenuItem[] {
  const role = roleReason(tools.role, 'administrator')
  const item = (verb: DeviceVerb, why: string | null): MenuItem => ({
    label: DEVICE_LABELS[verb],
    danger: verb === 'replace',
    disabled: role ?? why,
    onSelect: () => doToDevice(pool.name, vdev, verb, tools),
  })
  return [
    item('online', vdev.state === 'ONLINE' ? 'It is online.' : null),
    item('offline', vdev.state === 'OFFLINE' ? 'It is offline.' : null),
    item('clear', errorsOf(vdev) > 0 || vdev.state === 'FAULTED' ? null : 'It has no errors.'),
    'separator',
    item('attach', null),
    item('detach', isMirrored(pool.vdevs, vdev) ? null : 'It is in no mirror.'),
    item('replace', null),
  ]
}
