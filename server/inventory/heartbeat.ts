import { AppError } from '../errors.ts'
import { isSilence, type Trouble } from './cell.ts'

/** How long the machine may take over the smallest question there is. A machine that is merely busy answers others meanwhile. */
export const HEARTBEAT_DEADLINE_MS = 7000

/**
 * Tells a silent host from a slow one, long before the deadline of a big question is over: a host that has said nothing
 * for a while is asked something that costs it nothing. It is lost when that stays without an answer and nothing else
 * was answered meanwhile.
 */
export function createHeartbeat(options: {
  ask: () => Promise<unknown>
  now: () => number
  /** Unix ms of the host's last answer to anything, null before the first. */
  heardAt: () => number | null
  heard: () => void
  /** A host heard within this time is not asked. */
  quietMs: number
  trouble: Pick<Trouble, 'begins' | 'ends'>
}): () => Promise<'heard' | 'back' | 'silent'> {
  const { ask, now, heard, quietMs, trouble } = options
  let isSilent = false
  const hasSpokenSince = (at: number): boolean => (options.heardAt() ?? Number.NEGATIVE_INFINITY) >= at

  function answered(): 'heard' | 'back' {
    if (!isSilent) return 'heard'
    isSilent = false
    trouble.ends()
    return 'back'
  }

  return async () => {
    const at = now()
    if (hasSpokenSince(at - quietMs)) return answered()
    try {
      await ask()
    } catch (error) {
      if (isSilence(error) && !hasSpokenSince(at)) {
        isSilent = true
        trouble.begins(inWords(error))
        return 'silent'
      }
      // A program that is missing or fails is an answer too.
    }
    heard()
    return answered()
  }
}

/** A door that is shut says so in its own words; of mere silence there is no more to say. */
function inWords(error: unknown): unknown {
  const isUnreachable = error instanceof AppError && error.code === 'unreachable'
  return isUnreachable ? error : new AppError('timeout', 'The machine does not answer.')
}
