/** The devices of a guest, one by one, as bhyve's pci_*.c initialise them. */

import { strerror } from './bhyve-argv.ts'
import { ALIASES, EMULATIONS } from './bhyve-argv-devices.ts'
import { BhyveExit, type Config, type ConfigNode } from './bhyve-config.ts'
import { type HostFacts, integer } from './bhyve-init.ts'

export type DiskPlan = { path: string; kind: 'disk' | 'cd'; readOnly: boolean; bootindex: number | null }
export type DevicePlan = {
  /** In the order of their slots. */
  disks: DiskPlan[]
  screen: { port: number; wait: boolean; password: string | undefined } | null
  /** Backend of the first serial port: `stdio`, a tty, `tcp=…`. */
  com1: string | null
  net: boolean
}
export type Init = {
  config: Config
  host: HostFacts
  print: (line: string) => void
  plan: DevicePlan
  stdioTaken: boolean
  hasLpc: boolean
  bootindexes: Map<number, string>
}

type Device = (init: Init, node: ConfigNode, place: string) => Promise<void>

const ERRNO: Record<string, string> = {
  ENOENT: 'No such file or directory',
  EINVAL: 'Invalid argument',
  ENOTTY: 'Inappropriate ioctl for device',
  ENOTDIR: 'Not a directory',
  none: 'No error: 0',
}

function refuse(errno: keyof typeof ERRNO, ...lines: string[]): BhyveExit {
  return new BhyveExit(
    4,
    [...lines, `Device emulation initialization error: ${ERRNO[errno] ?? ERRNO.ENOENT}`].join('\n'),
  )
}

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

async function block(
  init: Init,
  node: ConfigNode,
  place: string,
  prefix: string | null,
  cd = false,
): Promise<void> {
  const { config, host, plan } = init
  const last = prefix === null ? [] : [`${prefix}Could not open backing file: No such file or directory`]
  const path = config.getIn(node, 'path')
  if (path === undefined) throw refuse('ENOENT', 'Missing "path" for block device.', ...last)
  for (const flag of ['nocache', 'sync', 'direct', 'nodelete']) config.bool(node, flag, false)
  const readOnly = config.bool(node, 'ro', false) || cd
  const sectors = sectorSize(config.getIn(node, 'sectorsize'))
  if (sectors?.syntax) throw refuse('ENOENT', sectors.text, ...last)
  const facts = await host.stat(path).catch((error: unknown) => {
    throw refuse(
      'ENOENT',
      `bhyve: Could not open backing file: ${path}: ${strerror(error)}`,
      ...last.map(line => line.replace(ERRNO.ENOENT ?? '', strerror(error))),
    )
  })
  if (sectors !== null) throw refuse('ENOENT', sectors.text, ...last)
  const bootindex = integer(config.getIn(node, 'bootindex') ?? '')
  if (bootindex !== null && bootindex >= 0) {
    const holder = init.bootindexes.get(bootindex)
    if (holder !== undefined)
      throw new BhyveExit(
        4,
        `Could not set bootindex ${bootindex} for ${place}. Bootindex already occupied by ${holder}`,
      )
    init.bootindexes.set(bootindex, place)
  }
  plan.disks.push({ path, kind: cd ? 'cd' : 'disk', readOnly: readOnly || !facts.writable, bootindex })
}

/** null when it is right; else what is wrong, and whether already its spelling is. */
function sectorSize(text: string | undefined): { text: string; syntax: boolean } | null {
  if (text === undefined) return null
  const match = /^\s*([+-]?\d+)(?:\/\s*([+-]?\d+))?$/.exec(text)
  if (!match) return { text: `Invalid sector size "${text}"`, syntax: true }
  const logical = Number(match[1])
  const physical = match[2] === undefined ? logical : Number(match[2])
  if (logical === 0) return null
  const powerOfTwo = (n: number) => n > 0 && Number.isInteger(Math.log2(n))
  const fits = powerOfTwo(logical) && logical >= 512 && powerOfTwo(physical) && physical >= logical
  return fits ? null : { text: `Invalid sector size ${logical}/${physical}`, syntax: false }
}

const nvme: Device = async (init, node, place) => {
  const { config } = init
  const low = (name: string, otherwise: number) => {
    const text = config.getIn(node, name)
    if (text === undefined) return otherwise
    return (Number.parseInt(text, 10) || 0) & 0xffff
  }
  if (low('qsz', 2048) === 0) throw refuse('ENOENT', 'nvme: Invalid qsz option 0')
  if (low('ioslots', 8) === 0) throw refuse('ENOENT', 'Invalid ioslots option 0')
  if (config.getIn(node, 'ram') === undefined) await block(init, node, place, 'nvme: ')
}

const ahci: Device = async (init, node, place) => {
  const ports = node.get('port')
  if (!(ports instanceof Map)) return
  for (let i = 0; i < 32; i++) {
    const port = ports.get(String(i))
    if (port instanceof Map)
      await block(init, port, `${place} port ${i}`, null, init.config.getIn(port, 'type') === 'cd')
  }
}

/** Ethernet: MAC and MTU, then the backend by the beginning of its name. */
function net(required: boolean): Device {
  return async (init, node) => {
    const { config, host, print, plan } = init
    const mac = config.getIn(node, 'mac')
    if (mac !== undefined && !validMac(mac))
      throw refuse(mac === '' ? 'none' : 'ENOENT', `Invalid MAC ${mac}`)
    if (node.has('mac') && mac === undefined) throw refuse('ENOENT', 'Invalid MAC ')
    const mtu = config.getIn(node, 'mtu')
    if (!required && mtu !== undefined) {
      const bytes = integer(mtu)
      if (bytes === null || bytes < 46 || bytes > 65535) throw refuse('EINVAL')
    }
    const backend = config.getIn(node, 'backend')
    const type = config.getIn(node, 'type') ?? backend
    if (backend === undefined || type === undefined) {
      if (required) throw refuse('ENOENT')
      return
    }
    if (/^(tap|vmnet)/.test(type)) {
      if (!(await host.openTap(backend))) {
        print(`open of tap device /dev/${backend} failed`)
        throw refuse('ENOENT')
      }
    } else if (type.startsWith('slirp')) slirp(config.getIn(node, 'hostfwd'))
    else if (type.startsWith('netgraph')) {
      if (config.getIn(node, 'path') === undefined) throw refuse('ENOENT')
    } else if (!/^(netmap|vale|ngd)/.test(type)) throw refuse('ENOENT')
    plan.net = true
  }
}

/** ether_aton(3) is generous: one or two digits each, 0x allowed, what follows is ignored. */
function validMac(text: string): boolean {
  const match = /^\s*((?:0x)?[0-9a-f]+(?::(?:0x)?[0-9a-f]+){5})/i.exec(text)
  if (!match) return false
  const octets = (match[1] ?? '').split(':').map(octet => Number.parseInt(octet, 16) & 0xff)
  return ((octets[0] ?? 0) & 1) === 0 && octets.some(octet => octet !== 0)
}

function slirp(rules: string | undefined): void {
  for (const rule of rules?.split(';') ?? []) {
    const match = /^[^:]+:([^:]*):(\d+)-([^:]*):(\d+)$/.exec(rule)
    const wrong = (why: string) => refuse('ENOENT', `Unable to parse hostfwd rule '${rule}': ${why}`)
    if (!match || Number(match[2]) > 65535 || Number(match[4]) > 65535) throw wrong('Invalid argument')
    for (const address of [match[1] ?? '', match[3] ?? ''])
      if (address !== '' && !/^\d+(\.\d+){3}$/.test(address)) throw wrong('Protocol family not supported')
  }
}

const SIZE = { least: [640, 480], most: [3840, 2160] } as const
const fbuf: Device = async (init, node) => {
  const { config, plan, print } = init
  const vga = config.getIn(node, 'vga')
  if (vga !== undefined && !/^(io|on|off)$/.test(vga))
    throw refuse('ENOENT', `fbuf: Invalid vga setting: "${vga}"`)
  if (vga === 'on') {
    // Success without a VNC server, and the next fbuf finds the place still free.
    config.warnings.push('pci_fbuf: VGA rendering not enabled')
    return
  }
  if (plan.screen) throw refuse('ENOENT', 'Only one frame buffer device is allowed.')
  const size = (name: string, otherwise: number) => {
    const text = config.getIn(node, name)
    return text === undefined ? otherwise : (Number.parseInt(text, 10) || 0) & 0xffff
  }
  const width = size('w', 1024)
  const height = size('h', 768)
  if (width > SIZE.most[0] || height > SIZE.most[1])
    throw refuse('ENOENT', `fbuf: max resolution is ${SIZE.most.join('x')}`)
  if (width < SIZE.least[0] || height < SIZE.least[1])
    throw refuse('ENOENT', `fbuf: minimum resolution is ${SIZE.least.join('x')}`)
  print('fbuf frame buffer base: 0x200000000000 [sz 33554432]')
  const port = vncPort(config.getIn(node, 'rfb') ?? config.getIn(node, 'tcp'))
  plan.screen = { port, wait: config.bool(node, 'wait', false), password: config.getIn(node, 'password') }
}

/** Addresses as pci_fbuf.c splits them: what is no address and no number ends at 5900. */
function vncPort(address: string | undefined): number {
  if (address === undefined) return 5900
  const noName = (errno: string) => refuse(errno, 'getaddrinfo: Name does not resolve')
  if (address.startsWith('[')) {
    const match = /^\[([^\]]*)\](?::(.*))?$/.exec(address)
    if (address.includes('%')) throw noName('EINVAL')
    if (!match) throw noName('none')
    return portNumber(match[2] ?? '')
  }
  const colon = address.indexOf(':')
  const host = colon < 0 ? '' : address.slice(0, colon)
  if (colon >= 0 && host !== '' && colon === address.length - 1)
    throw refuse('ENOENT', `fbuf: Missing port number: "${address}"`)
  const quad = host.split('.')
  if (
    host !== '' &&
    !(quad.length === 4 && quad.every(part => /^\d{1,3}$/.test(part) && Number(part) <= 255))
  )
    throw noName('none')
  return portNumber(colon < 0 ? address : address.slice(colon + 1))
}

function portNumber(text: string): number {
  const port = Number.parseInt(text, 10) || 5900
  if (port > 65535) throw refuse('none', 'getaddrinfo: Service was not recognized for socket type')
  return port
}

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
