/** The devices of a guest, one by one, as bhyve's pci_*.c initialise them. */
import { strerror } from '../bhyve/argv.ts'
import { BhyveExit, type ConfigNode } from '../bhyve/config.ts'
import { ALIASES, EMULATIONS } from '../bhyve/slots.ts'
import { type Device, type Init, refuse } from './bhyve-init-device.ts'
import { ahci, block, nvme } from './bhyve-init-disks.ts'
import { net } from './bhyve-init-net.ts'
import { fbuf } from './bhyve-init-screen.ts'

/** `place` is bus:slot:function. */
export async function initDevice(init: Init, place: string, node: ConfigNode): Promise<void> {
  const name = init.config.getIn(node, 'device') ?? ''
  const alias = ALIASES[name]
  if (alias !== undefined)
    throw refuse('ENOENT', `pci slot ${place}: legacy device "${name}", use "${alias}" instead`)
  if (!EMULATIONS.some(known => known === name))
    throw refuse('ENOENT', `pci slot ${place}: unknown device "${name}"`)
  if (name.startsWith('virtio-')) init.config.boolAt('virtio_msix', true)
  await DEVICES[name]?.(init, node, place)
}

const nothing: Device = async () => {}

async function serial(init: Init, backend: string, what: string): Promise<void> {
  const unable = `Unable to initialize backend '${backend}' for ${what}`
  if (backend === 'stdio') {
    if (init.stdioTaken) throw refuse('ENOENT', unable)
    init.stdioTaken = true
    return
  }
  if (backend.startsWith('tcp')) {
    const match = /^tcp=(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(backend)
    if (!match) throw refuse('ENOENT', 'bhyve: Invalid number of parameter', unable)
    const host = match[1] ?? match[2] ?? ''
    const numeric = match[1] !== undefined || /^\d+(\.\d+){3}$/.test(host)
    // The port is cut to five digits before it is looked at.
    const port = Number((match[3] ?? '').slice(0, 5))
    if (!numeric || port > 65535) throw refuse('none', `bhyve: Invalid address ${backend.slice(4)}`, unable)
    return
  }
  const facts = await init.host.stat(backend).catch(() => {
    throw refuse('ENOENT', unable)
  })
  if (facts.kind !== 'tty') throw refuse('ENOTTY', unable)
}

const lpc: Device = async (init, _node, place) => {
  const { config, plan } = init
  if (!place.startsWith('0:')) throw refuse('ENOENT', 'LPC bridge can be present only on bus 0.')
  if (init.hasLpc) throw refuse('ENOENT', 'Only one LPC bridge is allowed.')
  init.hasLpc = true
  for (const unit of ['com1', 'com2', 'com3', 'com4']) {
    const node = config.find(`lpc.${unit}`)
    if (!node) continue
    if (node.get('path') === null) throw new BhyveExit(134, '', 'SIGABRT')
    const backend = config.getIn(node, 'path')
    if (backend === undefined) continue
    await serial(init, backend, `LPC device ${unit}`)
    if (unit === 'com1') plan.com1 = backend
  }
}

const uart: Device = async (init, node, place) => {
  const backend = init.config.getIn(node, 'path')
  if (backend !== undefined) await serial(init, backend, `pci uart at ${place.replace(/^\d+:/, '')}`)
}

/** A device that opens one path; errors have no words of their own. */
function opens(name: string): Device {
  return async (init, node) => {
    const path = init.config.getIn(node, name)
    if (path === undefined) return
    await init.host.stat(path).catch(() => {
      throw refuse('ENOENT')
    })
  }
}

const share: Device = async (init, node) => {
  const path = init.config.getIn(node, 'path')
  if (path === undefined) throw refuse('ENOENT', 'virtio-9p: path required')
  if ((init.config.getIn(node, 'sharename') ?? '').length > 255)
    throw refuse('ENOENT', 'virtio-9p: share name too long')
  const facts = await init.host.stat(path).catch((error: unknown) => {
    throw refuse('ENOENT', `virtio-9p: failed to open '${path}': ${strerror(error)}`)
  })
  if (facts.kind !== 'directory')
    throw refuse('ENOTDIR', `virtio-9p: failed to open '${path}': Not a directory`)
}

const consolePorts: Device = async (init, node) => {
  const ports = node.get('port')
  if (!(ports instanceof Map)) return
  for (const [i, port] of ports) {
    const path = port instanceof Map ? init.config.getIn(port, 'path') : undefined
    if (path === undefined) continue
    await init.host.stat(path.replace(/\/[^/]*$/, '') || '/').catch(() => {
      throw refuse('ENOENT', `cannot create port ${i}: No such file or directory`)
    })
  }
}

const xhci: Device = async (init, node) => {
  const slots = node.get('slot')
  if (!(slots instanceof Map)) return
  for (const slot of slots.values()) {
    const device = slot instanceof Map ? init.config.getIn(slot, 'device') : undefined
    if (device !== undefined && device !== 'tablet')
      throw refuse('ENOENT', `pci_xhci: unknown device model "${device}"`)
  }
}

const passthru: Device = async (init, node) => {
  const { config, host } = init
  if (!config.boolAt('memory.wired', false))
    throw refuse('ENOENT', 'passthru requires guest memory to be wired')
  const ppt = config.getIn(node, 'pptdev')
  if (ppt !== undefined) {
    if (!/^ppt\d+/.test(ppt)) throw refuse('ENOENT', `Invalid passthru device name ${ppt}`)
    if (!host.hasPpt(ppt)) throw refuse('ENOENT', `Passthru device ${ppt} not found`)
    return
  }
  const place = ['bus', 'slot', 'func'].map(part => config.getIn(node, part) ?? '0').join('/')
  if (!host.hasPpt(place))
    throw refuse('ENOENT', `bhyve: PCI device at ${place} is not using the ppt(4) driver`)
}

const DEVICES: Record<string, Device> = {
  'virtio-blk': (init, node, place) => block(init, node, place, ''),
  nvme,
  ahci,
  'virtio-net': net(false),
  e1000: net(true),
  fbuf,
  lpc,
  uart,
  'virtio-scsi': opens('dev'),
  'virtio-input': opens('path'),
  'virtio-9p': share,
  'virtio-console': consolePorts,
  'virtio-rnd': nothing,
  xhci,
  hda: nothing,
  hostbridge: nothing,
  passthru,
}
