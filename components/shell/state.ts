import type { VdevState } from '../../server/pools/model.ts'
import type { HostStatus } from '../../server/system/model.ts'
import type { TaskState } from '../../server/tasks/model.ts'
import type { Tone } from '../ui/State.tsx'

type StateWords = { tone: Tone; word: string }

/** Shape and word of every state of a pool or a vdev. */
export const VDEV_STATES: Record<VdevState, StateWords> = {
  ONLINE: { tone: 'ok', word: 'Online' },
  DEGRADED: { tone: 'warning', word: 'Degraded' },
  FAULTED: { tone: 'bad', word: 'Faulted' },
  OFFLINE: { tone: 'idle', word: 'Offline' },
  UNAVAIL: { tone: 'bad', word: 'Unavailable' },
  REMOVED: { tone: 'bad', word: 'Removed' },
  SUSPENDED: { tone: 'bad', word: 'Suspended' },
  AVAIL: { tone: 'idle', word: 'Spare' },
  INUSE: { tone: 'busy', word: 'Spare in use' },
}

export const TASK_STATES: Record<TaskState, StateWords> = {
  running: { tone: 'busy', word: 'Running' },
  done: { tone: 'ok', word: 'Done' },
  failed: { tone: 'bad', word: 'Failed' },
  interrupted: { tone: 'warning', word: 'Interrupted' },
}

const HOST_STATES: Record<HostStatus['state'], StateWords> = {
  online: { tone: 'ok', word: 'Online' },
  connecting: { tone: 'busy', word: 'Connecting' },
  lost: { tone: 'bad', word: 'Does not answer' },
}

/** Shape and word of how a host stands. */
export function hostState({ state, refusedKey }: HostStatus): StateWords {
  return refusedKey ? { tone: 'bad', word: 'Other host key' } : HOST_STATES[state]
}
