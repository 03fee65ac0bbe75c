import { calledAs, leaves, type PoolDetail, type Vdev } from '../../server/pools/model.ts'
import type { DeviceVerb } from './deviceVerbs.ts'

/** What is wrong with a pool in plain words, and what to do about it, one thing after the other. */
export type Advice = { what: string; steps: AdviceStep[] }
/** `argv`: the command on the host, where there is one. */
export type AdviceStep = {
  text: string
  argv?: string[]
  /** What a button beside it does; `device` null is the whole pool. */
  act?: { verb: DeviceVerb; device: Vdev | null } | 'upgrade'
}

/**
 * zpool status's message ids (openzfs.github.io/openzfs-docs/msg) in plain words with the pool's own devices; null for a
 * message that is not known here, which is then shown as zpool says it.
 */
export function adviceFor(pool: PoolDetail): Advice | null {
  const id = pool.messageId?.replace(/^ZFS-8000-/, '') ?? ''
  const broken = leaves(pool.vdevs).filter(isBroken)
  const replace = broken.map(vdev => ({
    text: `If ${calledAs(vdev)} is dead, put in another disk and replace it (NEW is the new disk):`,
    argv: ['zpool', 'replace', pool.name, vdev.name, 'NEW'],
    act: { verb: 'replace' as const, device: vdev },
  }))
  const clear: AdviceStep = {
    text: 'Once the cause is mended, reset the counters:',
    argv: ['zpool', 'clear', pool.name],
    act: { verb: 'clear', device: null },
  }
  const scrub = { text: 'Then scrub the pool, so that every block is checked.' }
  const restore = { text: 'Restore what is lost from a backup.' }
  switch (id) {
    case '2Q':
    case '3C':
      return {
        what: `${names(broken)} cannot be opened. ${id === '2Q' ? 'The pool works on without its protection.' : 'Too much of the pool is missing: it cannot be used.'}`,
        steps: [
          ...broken.map(vdev => ({
            text: `Check the cable and power of ${calledAs(vdev)}, then bring it back:`,
            argv: ['zpool', 'online', pool.name, vdev.name],
            act: { verb: 'online' as const, device: vdev },
          })),
          ...(id === '2Q' ? replace : [restore]),
        ],
      }
    case '4J':
    case '5E':
      return {
        what: `The label of ${names(broken)} is missing or damaged. ${id === '4J' ? 'The pool works on without its protection.' : 'Too much of the pool is missing: it cannot be used.'}`,
        steps: id === '4J' ? replace : [restore],
      }
    case '9P':
      return {
        what: `${names(withErrors(pool.vdevs))} had errors that ZFS could correct. No data is lost.`,
        steps: [
          { text: 'Look for a loose cable, a bad port or a failing disk. One event alone may mean nothing.' },
          clear,
          ...withErrors(pool.vdevs).map(vdev => ({
            text: `If the errors come again, replace ${calledAs(vdev)} (NEW is the new disk):`,
            argv: ['zpool', 'replace', pool.name, vdev.name, 'NEW'],
            act: { verb: 'replace' as const, device: vdev },
          })),
        ],
      }
    case '8A':
      return {
        what: 'Some data is damaged beyond repair: no good copy of it is left.',
        steps: [
          { text: 'See which files it is:', argv: ['zpool', 'status', '-v', pool.name] },
          { text: 'Restore those files from a backup, or destroy the snapshots that hold them.' },
          scrub,
        ],
      }
    case 'HC':
    case 'JQ':
      return {
        what: 'The pool has stopped: reads or writes failed, and everything that uses it waits.',
        steps: [{ text: 'Bring the devices back (cable, power, controller).' }, clear],
      }
    case 'K4':
      return {
        what: 'The intent log cannot be read: the last seconds before the crash may be lost.',
        steps: [
          { text: 'If the log device can be brought back, do that first.' },
          { text: 'Otherwise give up what it held:', argv: ['zpool', 'clear', pool.name] },
        ],
      }
  }
  const resting = leaves(pool.vdevs).filter(({ state }) => state === 'OFFLINE')
  if (pool.messageId === null && /taken offline by the administrator/.test(pool.statusText ?? '')) {
    return {
      what: `Somebody took ${resting.map(calledAs).join(', ')} offline. The pool works on with less protection.`,
      steps: resting.map(vdev => ({
        text: `When ${calledAs(vdev)} is to work again, bring it back; what it missed is copied to it:`,
        argv: ['zpool', 'online', pool.name, vdev.name],
        act: { verb: 'online', device: vdev },
      })),
    }
  }
  if (pool.messageId === null && /features are not enabled/.test(pool.statusText ?? '')) {
    return {
      what: 'This ZFS knows features that the pool does not use yet. Nothing is wrong.',
      steps: [
        {
          text: 'Once no older system has to import the pool any more, switch them on; there is no way back:',
          argv: ['zpool', 'upgrade', pool.name],
          act: 'upgrade',
        },
      ],
    }
  }
  return null
}

function isBroken(vdev: Vdev): boolean {
  return vdev.state === 'UNAVAIL' || vdev.state === 'FAULTED' || vdev.state === 'REMOVED'
}

function withErrors(vdevs: readonly Vdev[]): Vdev[] {
  return leaves(vdevs).filter(vdev => vdev.readErrors + vdev.writeErrors + vdev.checksumErrors > 0)
}

function names(vdevs: readonly Vdev[]): string {
  const [first] = vdevs
  if (!first) return 'A device'
  return vdevs.length === 1 ? `The disk ${calledAs(first)}` : `The disks ${vdevs.map(calledAs).join(', ')}`
}
