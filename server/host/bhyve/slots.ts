/** `-s` and `-l` of bhyve(8): slot grammar and the options of each emulation, as pci_emul.c and pci_lpc.c read them. */
import { BhyveExit, type Config, type ConfigNode, cut, scanned, setOptions } from './config.ts'

/** In the order `bhyve -s help` lists them. */
export const EMULATIONS = [
  'virtio-scsi',
  'virtio-rnd',
  'virtio-input',
  'virtio-console',
  'virtio-9p',
  'passthru',
  'hda',
  'xhci',
  'lpc',
  'uart',
  'fbuf',
  'e1000',
  'virtio-net',
  'nvme',
  'ahci-cd',
  'ahci-hd',
  'ahci',
  'virtio-blk',
  'hostbridge',
  'amd_hostbridge',
] as const
export const LPC_DEVICES = ['bootrom', 'com1', 'com2', 'com3', 'com4', 'tpm', 'pc-testdev'] as const
/** Emulations that are another one with options of their own: only `-s` knows them. */
export const ALIASES: Record<string, string> = {
  'ahci-hd': 'ahci',
  'ahci-cd': 'ahci',
  amd_hostbridge: 'hostbridge',
}

/** A number of scanf(3): blanks before it, a sign. */
const NUMBER = '\\s*([+-]?\\d+)'
const SLOT = new RegExp(`^${NUMBER}(?::${NUMBER}(?::${NUMBER})?)?`)
/** A device of the host, in the order in which bhyve tries them. */
const PASSTHRU = [
  `pci0:${NUMBER}:${NUMBER}:${NUMBER}`,
  `pci${NUMBER}:${NUMBER}:${NUMBER}`,
  `${NUMBER}/${NUMBER}/${NUMBER}`,
].map(form => new RegExp(`^${form}`))

type Reader = (config: Config, node: ConfigNode, options: string | undefined) => void

/** A first word under `name`, then options. */
function positional(name: string): Reader {
  return (config, node, options) => {
    if (options === undefined) return
    const [first, rest] = cut(options)
    config.setIn(node, name, first)
    setOptions(config, node, rest)
  }
}
const block = positional('path')

function child(node: ConfigNode, name: string): ConfigNode {
  const existing = node.get(name)
  if (existing instanceof Map) return existing
  if (existing !== undefined)
    throw new BhyveExit(4, `bhyve: Attempting to add node ${name} to existing value`)
  const made: ConfigNode = new Map()
  node.set(name, made)
  return made
}

function onePort(type: 'hd' | 'cd'): Reader {
  return (config, node, options) => {
    const port = child(child(node, 'port'), '0')
    config.setIn(port, 'type', type)
    block(config, port, options)
  }
}

const MOST_PORTS = 32
/** Drives behind `hd:` and `cd:`; an empty one leaves its port out. */
const ahci: Reader = (config, node, options) => {
  if (options === undefined) return
  const ports: ConfigNode = child(node, 'port')
  for (const [port, part] of options
    .split(/,(?=hd:|cd:)/)
    .slice(0, MOST_PORTS)
    .entries()) {
    const type = /^(hd|cd):/.exec(part)?.[1]
    const rest = type ? part.slice(3) : part
    if (rest === '') continue
    if (!type) throw new BhyveExit(4, `Missing or invalid type for port ${port}: "${rest}"`)
    const drive = child(ports, String(port))
    config.setIn(drive, 'type', type)
    block(config, drive, rest)
  }
}

const MOST_CONSOLES = 16
const READERS: Record<string, Reader> = {
  'virtio-blk': block,
  nvme: (config, node, options) => {
    if (options?.startsWith('ram=')) setOptions(config, node, options)
    else block(config, node, options)
  },
  'virtio-net': positional('backend'),
  e1000: positional('backend'),
  'virtio-scsi': positional('dev'),
  'virtio-input': (config, node, options) => {
    // Without a word of its own.
    if (options === undefined) throw new BhyveExit(4, '')
    block(config, node, options)
  },
  uart: (config, node, options) => {
    if (options !== undefined) config.setIn(node, 'path', options)
  },
  'ahci-hd': onePort('hd'),
  'ahci-cd': onePort('cd'),
  ahci,
  amd_hostbridge: (config, node) => {
    const registers = child(node, 'pcireg')
    config.setIn(registers, 'vendor', '0x1022')
    config.setIn(registers, 'device', '0x7432')
  },
  xhci: (config, node, options) => {
    if (options === undefined) return
    const slots = child(node, 'slot')
    for (const [i, option] of options.split(',').entries()) {
      const [device, rest] = cut(option, '=')
      const slot = child(slots, String(i + 1))
      config.setIn(slot, 'device', device)
      if (rest) setOptions(config, slot, rest)
    }
  },
  'virtio-9p': (config, node, options) => {
    let named = false
    for (const option of options?.split(',') ?? []) {
      const equals = option.indexOf('=')
      if (equals < 0) {
        config.setIn(node, option, 'true')
        continue
      }
      if (named) throw new BhyveExit(4, 'virtio-9p: more than one share name given')
      named = true
      config.setIn(node, 'sharename', option.slice(0, equals))
      config.setIn(node, 'path', option.slice(equals + 1))
    }
  },
  'virtio-console': (config, node, options) => {
    // bhyve itself walks through a null pointer here.
    if (options === undefined) throw new BhyveExit(139, '', 'SIGSEGV')
    const ports = child(node, 'port')
    for (const [i, option] of options.split(',').entries()) {
      const equals = option.indexOf('=')
      if (equals < 0) throw new BhyveExit(4, `vtcon: port ${option} requires a path`)
      if (i >= MOST_CONSOLES) throw new BhyveExit(4, 'vtcon: too many ports')
      const port = child(ports, String(i))
      config.setIn(port, 'name', option.slice(0, equals))
      config.setIn(port, 'path', option.slice(equals + 1))
    }
  },
  passthru: (config, node, options) => {
    if (options === undefined) return
    const [device, rest] = cut(options)
    const place = PASSTHRU.map(form => form.exec(options)).find(match => match !== null)
    if (device.startsWith('ppt')) config.setIn(node, 'pptdev', device)
    else if (place) {
      for (const [i, name] of ['bus', 'slot', 'func'].entries())
        config.setIn(node, name, String(scanned(place[i + 1] ?? '')))
    } else throw new BhyveExit(4, `passthru: invalid options "${options}"`)
    setOptions(config, node, rest)
  },
}

/** `slot[:func]` or `bus:slot:func`; numbers are read as scanf(3) reads them, and what follows is ignored. */
function slotOf(text: string): { bus: number; slot: number; func: number } | null {
  const [one, two, three] = (SLOT.exec(text) ?? []).slice(1).map(digits => digits && scanned(digits))
  if (typeof one !== 'number') return null
  const [bus, slot, func] =
    typeof two !== 'number' ? [0, one, 0] : typeof three !== 'number' ? [0, one, two] : [one, two, three]
  const fits = bus >= 0 && bus < 256 && slot >= 0 && slot < 32 && func >= 0 && func < 8
  return fits ? { bus, slot, func } : null
}

/** `-s`. Exit 4 with bhyve's words. */
export function readSlot(config: Config, text: string): void {
  const [place, device] = cut(text)
  const slot = slotOf(place)
  if (device === undefined || !slot) throw new BhyveExit(4, `Invalid PCI slot info field "${text}"`)
  const [emulation, options] = cut(device)
  const name = `${slot.bus}:${slot.slot}:${slot.func}`
  if (!EMULATIONS.some(known => known === emulation))
    throw new BhyveExit(4, `pci slot ${name}: unknown device "${emulation}"`)
  const path = `pci.${slot.bus}.${slot.slot}.${slot.func}`
  if (config.find(path)) throw new BhyveExit(4, `pci slot ${name} already occupied!`)
  // Where the node cannot be made, bhyve writes into the root of the tree and goes on.
  const node = config.create(path) ?? config.root
  config.setIn(node, 'device', ALIASES[emulation] ?? emulation)
  const read = READERS[emulation] ?? setOptions
  read(config, node, options)
}

/** `-l`. Exit 4 or 64 with bhyve's words. */
export function readLpc(config: Config, text: string): void {
  const [device, options] = cut(text)
  const name = device.toLowerCase()
  if (name === 'bootrom') readBootrom(config, text, options)
  else if (/^com[1-4]$/.test(name)) config.set(`lpc.${name}.path`, options ?? null)
  else if (name === 'pc-testdev') config.set('lpc.pc-testdev', 'true')
  else if (name === 'tpm') readTpm(config, text, options)
  else throw new BhyveExit(64, `bhyve: invalid lpc device configuration '${text}'`)
}

function readTpm(config: Config, text: string, options: string | undefined): void {
  const node = config.create('tpm') ?? config.root
  const [type, more] = options === undefined ? [undefined, undefined] : cut(options)
  if (type === undefined) throw new BhyveExit(4, `bhyve: invalid tpm type "${text}"`)
  config.setIn(node, 'type', type)
  if (more === undefined) throw new BhyveExit(4, `bhyve: invalid tpm path "${text}"`)
  const [path, rest] = cut(more)
  config.setIn(node, 'path', path)
  setOptions(config, node, rest)
  if (!node.has('version')) config.setIn(node, 'version', '2.0')
}

function readBootrom(config: Config, text: string, options: string | undefined): void {
  if (options === undefined) throw new BhyveExit(4, `bhyve: invalid bootrom option "${text}"`)
  const [rom, more] = cut(options)
  config.set('bootrom', rom)
  if (more === undefined) return
  const [vars, rest] = cut(more)
  const lpc = config.create('lpc') ?? config.root
  if (vars.includes('=')) setOptions(config, lpc, vars)
  else config.set('bootvars', vars)
  setOptions(config, lpc, rest)
}
