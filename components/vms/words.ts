import type { Vm, VmState } from '../../server/vms/model.ts'
import type { Tone } from '../ui/State.tsx'

/** Shape and word of every state a guest can be in. */
export const VM_STATES: Record<VmState, { tone: Tone; word: string }> = {
  running: { tone: 'ok', word: 'Running' },
  stopped: { tone: 'idle', word: 'Stopped' },
  starting: { tone: 'busy', word: 'Starting' },
  stopping: { tone: 'busy', word: 'Stopping' },
  waiting: { tone: 'busy', word: 'Waiting for a viewer' },
  firmware: { tone: 'busy', word: 'In its loader' },
  crashed: { tone: 'bad', word: 'Crashed' },
  leftover: { tone: 'warning', word: 'Left over' },
  locked: { tone: 'warning', word: 'Locked' },
  suspended: { tone: 'idle', word: 'Suspended' },
}

/** States in which a bhyve is there. */
export function isAlive(state: VmState): boolean {
  return state === 'running' || state === 'waiting' || state === 'firmware' || state === 'stopping'
}

/** What the supervisor does when a run has ended. */
export const AFTER_WORDS: Record<string, string> = {
  restart: 'Start it again',
  shutdown: 'Stay off',
}

/** The zvol's name, or the file's path. */
export function diskName(disk: Vm['disks'][number]): string {
  return disk.dataset ?? disk.path
}
