import type { WebSocket } from 'ws'
import { sendAway } from '../console/viewer.ts'
import { AppError } from '../errors.ts'
import type { Host, HostSocket } from '../host/host.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { Logger } from '../log.ts'
import { parseConf } from '../vms/conf.ts'
import { comPorts } from '../vms/devices.ts'
import type { Vm } from '../vms/model.ts'
import { SerialHub, type SerialVisitor } from './hub.ts'
import type { SerialControl } from './model.ts'
import { noRecord, type SerialRecord, serialRecord } from './record.ts'

/** A port of a guest. */
type Place = { guest: string; port: string }

const keyOf = ({ guest, port }: Place) => `${guest} ${port}`

/**
 * The serial consoles of a host, one owner each from before power-on: as soon as a guest is seen its port is opened, and
 * it stays open through starts and stops, because what a guest says while nobody has the other end is lost.
 */
export function createSerialHubs(options: {
  host: Pick<Host, 'connect' | 'read'>
  inventory: Pick<Inventory, 'vms'>
  log: Logger
  now: () => number
  /** Where output is kept over a restart, null to keep none. */
  directory: string | null
}) {
  const { host, inventory, log, now, directory } = options
  const hubs = new Map<string, Place & { hub: SerialHub }>()
  let looking: Promise<void> | null = null
  let closed = false

  function record(guest: string, port: string): SerialRecord {
    if (directory === null) return noRecord
    return serialRecord(directory, `${guest}.${port}`, error =>
      log.warn({ guest, port, err: error }, 'serial output is not kept'),
    )
  }

  async function open(guest: string, port: string): Promise<HostSocket> {
    const vm = (await inventory.vms()).value.find(one => one.name === guest)
    if (!vm) throw new AppError('not_found', `There is no guest named ${guest}.`)
    return host.connect({ path: await deviceOf(host, vm, port) })
  }

  function hubOf({ guest, port }: Place): SerialHub {
    const key = keyOf({ guest, port })
    const present = hubs.get(key)
    if (present) return present.hub
    const hub = new SerialHub({ open: () => open(guest, port), record: record(guest, port), now })
    hubs.set(key, { hub, guest, port })
    return hub
  }

  async function look(): Promise<void> {
    const { value: vms } = await inventory.vms()
    if (closed) return
    const places = vms.flatMap(vm => vm.comPorts.map(port => ({ guest: vm.name, port })))
    const present = new Set(places.map(keyOf))
    const gone = [...hubs].filter(([key]) => !present.has(key))
    for (const [key] of gone) hubs.delete(key)
    await Promise.all([
      ...gone.map(([, { hub, ...place }]) => hub.close(socket => notThere(socket, place))),
      ...places.map(place => hubOf(place).ensure()),
    ])
  }

  return {
    /** Opens the ports of guests that are new, tries again where one could not be had. Never rejects. */
    follow(): Promise<void> {
      looking ??= look()
        .catch((error: unknown) => {
          // A machine that does not answer is told everywhere else.
          if (!(error instanceof AppError)) log.error({ err: error }, 'serial ports could not be followed')
        })
        .finally(() => {
          looking = null
        })
      return looking
    },

    /** Shows a guest's console to a browser until it leaves. Never rejects. */
    async open(place: Place, visitor: SerialVisitor): Promise<void> {
      try {
        const { value: vms } = await inventory.vms()
        const vm = vms.find(one => one.name === place.guest)
        if (!vm?.comPorts.includes(place.port)) return notThere(visitor.socket, place)
        await hubOf(place).show(visitor)
      } catch (error) {
        if (!(error instanceof AppError)) log.error({ err: error }, 'a serial console failed unexpectedly')
        turnAwaySerial(visitor.socket, error)
      }
    },

    /** Number of ports that are held. */
    get size() {
      return [...hubs.values()].filter(({ hub }) => hub.isOpen).length
    },

    async close() {
      closed = true
      await Promise.all([...hubs.values()].map(({ hub }) => hub.close(socket => socket.close(1001))))
      hubs.clear()
    },
  }
}

/**
 * The device of a guest's serial port. What it was started with is in its console file; before that it is what its conf
 * asks for. AppError `unsupported` where there is none that Skep could hold.
 */
async function deviceOf(host: Pick<Host, 'read'>, vm: Vm, port: string): Promise<string> {
  const lines = ((await text(host, `${vm.directory}/console`)) ?? '').split('\n')
  const started = lines.find(line => line.startsWith(`${port}=`))?.slice(port.length + 1)
  if (started?.startsWith('tmux/'))
    throw new AppError(
      'unsupported',
      `The serial console of ${vm.name} is in tmux, as system.conf wants it.`,
      {
        next: `In a terminal of the host: tmux attach -t ${started.slice('tmux/'.length)}`,
      },
    )
  if (started) return started
  const conf = parseConf((await text(host, `${vm.directory}/${vm.name}.conf`)) ?? '')
  const asked = comPorts(vm, conf).find(one => one.port === port)
  if (!asked)
    throw new AppError('unsupported', `${vm.name} has no ${port}: its conf does not name it in comports.`)
  return asked.userEnd
}

async function text(host: Pick<Host, 'read'>, path: string): Promise<string | null> {
  try {
    return await host.read(path)
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return null
    throw error
  }
}

function notThere(socket: WebSocket, { guest, port }: Place): void {
  part(socket, { type: 'reason', message: `There is no ${port} of a guest named ${guest}.`, retry: false })
}

/** The host itself cannot be opened. */
export function turnAwaySerial(socket: WebSocket, error: unknown): void {
  const message = error instanceof AppError ? error.message : 'The machine does not answer.'
  part(socket, { type: 'reason', message, retry: true })
}

function part(socket: WebSocket, message: SerialControl): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message))
  sendAway(socket)
}
