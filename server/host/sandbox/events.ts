/** `zpool events`: the kernel's event queue as text, once or as a stream. */
import type { Output, ProgramIo } from './programs.ts'
import type { EventRecord, EventValue, PoolState, Vdev, VdevHealth } from './state.ts'
import type { World } from './world.ts'
import { eventTime } from './zpool/figures.ts'

export type EventOptions = { verbose: boolean; scripted: boolean; pool: string | null }

const STATE_NUMBERS: Record<VdevHealth, number> = {
  OFFLINE: 2,
  REMOVED: 3,
  UNAVAIL: 4,
  FAULTED: 5,
  DEGRADED: 6,
  ONLINE: 7,
  AVAIL: 7,
  INUSE: 7,
}

const hex = (value: number | bigint) => `0x${value.toString(16)}`

function valueText(value: EventValue): string {
  if (typeof value === 'number') return hex(value)
  if (typeof value === 'string') return `"${value}"`
  if (Array.isArray(value)) return value.map(each => `${hex(each)} `).join('')
  return value.raw
}

/** One record: a line of time and class, its fields with `-v`, and an empty line behind them. */
function eventText(event: EventRecord, options: EventOptions): string {
  const at = eventTime(event.atMs, event.nanoseconds)
  const head = `${at}${options.scripted ? '\t' : ' '}${event.class}\n`
  if (!options.verbose) return head
  const fields: [string, EventValue][] = [
    ...Object.entries(event.fields),
    ['time', [Math.floor(event.atMs / 1000), event.nanoseconds]],
    ['eid', event.eid],
  ]
  return `${head}${fields.map(([name, value]) => `        ${name} = ${valueText(value)}\n`).join('')}\n`
}

function wanted(event: EventRecord, options: EventOptions): boolean {
  return options.pool === null || event.fields.pool === options.pool
}

const HEADING = 'TIME                           CLASS\n'

/** All events the kernel still holds; with `follow` then every new one until the caller goes away. */
export async function* eventStream(
  world: World,
  options: EventOptions & { follow: boolean },
  io: Pick<ProgramIo, 'signal'>,
): AsyncGenerator<Output, number> {
  const waiting: EventRecord[] = [...world.state.events]
  let wake = () => {}
  const stop = world.onEvent(event => {
    waiting.push(event)
    wake()
  })
  const onAbort = () => wake()
  io.signal.addEventListener('abort', onAbort, { once: true })
  try {
    if (!options.scripted) yield { stdout: HEADING }
    for (;;) {
      const text = waiting
        .splice(0)
        .filter(event => wanted(event, options))
        .map(event => eventText(event, options))
        .join('')
      if (text !== '') yield { stdout: text }
      if (!options.follow || io.signal.aborted) return 0
      if (waiting.length > 0) continue
      await new Promise<void>(resolve => {
        wake = resolve
      })
    }
  } finally {
    stop()
    io.signal.removeEventListener('abort', onAbort)
  }
}

function vdevFields(vdev: Vdev): Record<string, EventValue> {
  return {
    vdev_guid: { raw: hex(BigInt(vdev.guid)) },
    vdev_state: { raw: stateText(vdev.health) },
    ...(vdev.path === null ? {} : { vdev_path: vdev.path }),
  }
}

function stateText(health: VdevHealth): string {
  return `"${health}" (${hex(STATE_NUMBERS[health])})`
}

/** A device went from one state to another; its present one is read from it. */
export function emitStateChange(world: World, pool: PoolState, vdev: Vdev, before: VdevHealth): void {
  world.emitPool('resource.fs.zfs.statechange', pool, {
    ...vdevFields(vdev),
    vdev_laststate: { raw: stateText(before) },
  })
}

/** `vdev_online`, `vdev_clear`, `config_sync`, ... */
export function emitVdev(world: World, pool: PoolState, name: string, vdev: Vdev): void {
  world.emitPool(`sysevent.fs.zfs.${name}`, pool, vdevFields(vdev))
}
