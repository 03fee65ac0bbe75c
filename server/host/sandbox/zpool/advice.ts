/** What is wrong with a pool, in the words of `zpool status` (zpool_main.c, status_callback; libzfs_status.c). */
import type { PoolState, Vdev } from '../state.ts'
import { activeLeaves, rootHealth } from './vdevs.ts'

export type Advice = {
  /** Lines after `status: ` and `action: `; later lines begin with a tab. */
  status: string
  action: string
  /** `ZFS-8000-9P`, null where there is no page. */
  message: string | null
  /** False for what `status -x` does not call unhealthy. */
  unhealthy: boolean
}

const lines = (...text: string[]) => text.join('\n\t')

const RESILVERING: Advice = {
  status: lines(
    'One or more devices is currently being resilvered.  The pool will',
    'continue to function, possibly in a degraded state.',
  ),
  action: 'Wait for the resilver to complete.',
  message: null,
  unhealthy: true,
}

const SUSPENDED: Advice = {
  status: 'One or more devices are faulted in response to IO failures.',
  action: "Make sure the affected devices are connected, then run 'zpool clear'.",
  message: 'ZFS-8000-HC',
  unhealthy: true,
}

const DATA_ERRORS: Advice = {
  status: lines(
    'One or more devices has experienced an error resulting in data',
    'corruption.  Applications may be affected.',
  ),
  action: lines(
    'Restore the file in question if possible.  Otherwise restore the',
    'entire pool from backup.',
  ),
  message: 'ZFS-8000-8A',
  unhealthy: true,
}

const FAULTED_REDUNDANT: Advice = {
  status: lines(
    'One or more devices are faulted in response to persistent errors.',
    'Sufficient replicas exist for the pool to continue functioning in a',
    'degraded state.',
  ),
  action: lines("Replace the faulted device, or use 'zpool clear' to mark the device", 'repaired.'),
  message: null,
  unhealthy: true,
}

const FAULTED_LOST: Advice = {
  status: lines(
    'One or more devices are faulted in response to persistent errors.  There are insufficient replicas for the pool to',
    'continue functioning.',
  ),
  action: lines(
    'Destroy and re-create the pool from a backup source.  Manually marking the device',
    "repaired using 'zpool clear' may allow some data to be recovered.",
  ),
  message: null,
  unhealthy: true,
}

const MISSING_REDUNDANT: Advice = {
  status: lines(
    'One or more devices could not be opened.  Sufficient replicas exist for',
    'the pool to continue functioning in a degraded state.',
  ),
  action: "Attach the missing device and online it using 'zpool online'.",
  message: 'ZFS-8000-2Q',
  unhealthy: true,
}

const MISSING_LOST: Advice = {
  status: lines(
    'One or more devices could not be opened.  There are insufficient',
    'replicas for the pool to continue functioning.',
  ),
  action: "Attach the missing device and online it using 'zpool online'.",
  message: 'ZFS-8000-3C',
  unhealthy: true,
}

const LABEL_REDUNDANT: Advice = {
  status: lines(
    'One or more devices could not be used because the label is missing or',
    'invalid.  Sufficient replicas exist for the pool to continue',
    'functioning in a degraded state.',
  ),
  action: "Replace the device using 'zpool replace'.",
  message: 'ZFS-8000-4J',
  unhealthy: true,
}

const LABEL_LOST: Advice = {
  status: lines(
    'One or more devices could not be used because the label is missing ',
    'or invalid.  There are insufficient replicas for the pool to continue',
    'functioning.',
  ),
  action: lines('Destroy and re-create the pool from', 'a backup source.'),
  message: 'ZFS-8000-5E',
  unhealthy: true,
}

const FAILING: Advice = {
  status: lines(
    'One or more devices has experienced an unrecoverable error.  An',
    'attempt was made to correct the error.  Applications are unaffected.',
  ),
  action: lines(
    'Determine if the device needs to be replaced, and clear the errors',
    "using 'zpool clear' or replace the device with 'zpool replace'.",
  ),
  message: 'ZFS-8000-9P',
  unhealthy: true,
}

const OFFLINE: Advice = {
  status: lines(
    'One or more devices has been taken offline by the administrator.',
    'Sufficient replicas exist for the pool to continue functioning in a',
    'degraded state.',
  ),
  action: lines("Online the device using 'zpool online' or replace the device with", "'zpool replace'."),
  message: null,
  unhealthy: true,
}

const REMOVED: Advice = {
  status: lines(
    'One or more devices has been removed by the administrator.',
    'Sufficient replicas exist for the pool to continue functioning in a',
    'degraded state.',
  ),
  action: lines("Online the device using zpool online' or replace the device with", "'zpool replace'."),
  message: null,
  unhealthy: true,
}

const FEATURES_OFF: Advice = {
  status: lines(
    'Some supported and requested features are not enabled on the pool.',
    'The pool can still be used, but some features are unavailable.',
  ),
  action: lines(
    "Enable all features using 'zpool upgrade'. Once this is done,",
    'the pool may no longer be accessible by software that does not support',
    'the features. See zpool-features(7) for details.',
  ),
  message: null,
  unhealthy: false,
}

const missing = (vdev: Vdev) => vdev.health === 'UNAVAIL' && !vdev.labelLost
const labelLost = (vdev: Vdev) => vdev.health === 'UNAVAIL' && vdev.labelLost === true
const faulted = (vdev: Vdev) => vdev.health === 'FAULTED'
const failing = (vdev: Vdev) =>
  vdev.health === 'DEGRADED' || vdev.readErrors + vdev.writeErrors + vdev.checksumErrors > 0

/** The one thing `zpool status` says; the order is that of check_status(). Null: nothing to say. */
export function adviceFor(pool: PoolState): Advice | null {
  const leaves = activeLeaves(pool)
  const scan = pool.scan
  if (scan?.kind === 'resilver' && scan.state === 'scanning') return RESILVERING
  if (pool.health === 'SUSPENDED') return SUSPENDED
  if (rootHealth(pool) === 'UNAVAIL') {
    if (leaves.some(faulted)) return FAULTED_LOST
    return leaves.some(labelLost) ? LABEL_LOST : MISSING_LOST
  }
  if (pool.errors.length > 0) return DATA_ERRORS
  if (leaves.some(faulted)) return FAULTED_REDUNDANT
  if (leaves.some(missing)) return MISSING_REDUNDANT
  if (leaves.some(labelLost)) return LABEL_REDUNDANT
  if (leaves.some(failing)) return FAILING
  if (leaves.some(vdev => vdev.health === 'OFFLINE')) return OFFLINE
  if (leaves.some(vdev => vdev.health === 'REMOVED')) return REMOVED
  const behind = Object.values(pool.features).includes('disabled')
  return behind && (pool.props.compatibility ?? 'off') === 'off' ? FEATURES_OFF : null
}
