/** The `-s` words of a guest's bhyve command, in vm-bhyve's order and slots. Pure. */
import { type Conf, confText, confTrue, isTrue, words } from './conf.ts'
import type { NicPlan } from './nics.ts'
import { address, nextSlot, type SlotCounter, slotCounter, wrapBus, wrapFunction } from './slots.ts'

export type GuestPlace = {
  name: string
  /** Directory that holds NAME.conf. */
  directory: string
  /** The datastore's directory. */
  datastorePath: string
  /** The datastore's dataset, empty on a plain directory. */
  dataset: string
  /** vm_dir as a path. */
  vmDir: string
}

export type DeviceFacts = {
  place: GuestPlace
  conf: Conf
  uefi: boolean
  nics: readonly NicPlan[]
  /** Name of the tap of each NIC that has one, by index; a NIC without one is left out, as vm-bhyve does. */
  taps: ReadonlyMap<number, string>
  /** VNC port, null where none is free. */
  port: number | string | null
  /** True when install media is attached, which makes graphics_wait=auto wait for a viewer. */
  installing: boolean
  /** Device node of an iscsi disk. */
  iscsi: (target: string) => string | null
}

export type Devices = {
  /** `-s …` text before the shell's word splitting. */
  text: string
  /** A device went to bus 1 or above: vm-bhyve then switches the MP table off. */
  beyondBusZero: boolean
  passthru: boolean
  /** `127.0.0.1:5900`, null without a framebuffer. */
  vnc: string | null
}

/** Where disk N lives. Null for an iscsi disk that is not connected. */
export function diskPath(
  place: GuestPlace,
  name: string,
  backing: string,
  iscsi: (target: string) => string | null,
): string | null {
  switch (backing) {
    case 'zvol':
    case 'sparse-zvol':
      return `/dev/zvol/${place.dataset}/${place.name}/${name}`
    case 'custom':
    case '9p':
      return name
    case 'iscsi':
      return iscsi(name)
    default:
      return `${place.directory}/${name}`
  }
}

export type DiskEntry = { index: number; emulation: string; name: string; backing: string; options: string }

/** The disks vm-bhyve sees: from 0 to the first without a type or a name. */
export function diskEntries(conf: Conf): DiskEntry[] {
  const disks: DiskEntry[] = []
  for (let index = 0; ; index += 1) {
    const name = confText(conf, `disk${index}_name`)
    const emulation = confText(conf, `disk${index}_type`)
    if (name === '' || emulation === '') return disks
    const backing = confText(conf, `disk${index}_dev`)
    disks.push({ index, emulation, name, backing, options: confText(conf, `disk${index}_opts`) })
  }
}

export function buildDevices(facts: DeviceFacts): Devices {
  const { conf } = facts
  const out: string[] = []
  const counter = slotCounter(confText(conf, 'start_slot', '4'))
  addBasics(conf, out)
  addDisks(facts, counter, out)
  addNics(facts, counter, out)
  if (confTrue(conf, 'virt_random')) addOne(counter, out, 'virtio-rnd')
  const passthru = addPassthru(conf, counter, out)
  const vnc = addFramebuffer(facts, counter, out)
  if (confTrue(conf, 'xhci_mouse')) addOne(counter, out, 'xhci,tablet')
  addSound(conf, counter, out)
  addConsolePorts(facts, counter, out)
  return { text: out.join(' '), beyondBusZero: counter.bus >= 1, passthru, vnc }
}

/** One device on a slot of its own. */
function addOne(counter: SlotCounter, out: string[], device: string): void {
  out.push(`-s ${address(counter, 0)},${device}`)
  nextSlot(counter)
  wrapBus(counter)
}

function addBasics(conf: Conf, out: string[]): void {
  const bridge = confText(conf, 'hostbridge', 'standard')
  if (!bridge.startsWith('no')) out.push(bridge === 'amd' ? '-s 0,amd_hostbridge' : '-s 0,hostbridge')
  const fwcfg = confText(conf, 'fwcfg')
  out.push(`-s 31,lpc${fwcfg === '' ? '' : `,fwcfg=${fwcfg}`}`)
}

/** `ahci_device_limit`: 2 to 32 disks share a controller; anything else means one each. */
function ahciLimit(conf: Conf): number {
  const text = confText(conf, 'ahci_device_limit')
  const limit = /^[0-9]+$/.test(text) ? Number.parseInt(text, 10) : 1
  return limit > 1 && limit <= 32 ? limit : 1
}

function addDisks(facts: DeviceFacts, counter: SlotCounter, out: string[]): void {
  const limit = ahciLimit(facts.conf)
  const disks = diskEntries(facts.conf)
  let group: string[] = []
  for (const disk of disks) {
    wrapFunction(counter)
    wrapBus(counter)
    const path = diskPath(facts.place, disk.name, disk.backing, facts.iscsi) ?? ''
    const options = disk.options === '' ? '' : `,${disk.options}`
    if (limit > 1 && /^ahci(-|$)/.test(disk.emulation)) {
      // Only these two kinds join a controller; another "ahci…" type vanishes.
      const kind = { 'ahci-cd': 'cd', 'ahci-hd': 'hd' }[disk.emulation]
      if (kind) group.push(`,${kind}:${path}${options}`)
      if (group.length < limit || !kind) continue
      out.push(`-s ${address(counter)},ahci${group.join('')}`)
      group = []
    } else {
      out.push(`-s ${address(counter)},${disk.emulation},${path}${options}`)
    }
    if (facts.uefi) nextSlot(counter)
    else counter.func += 1
    wrapBus(counter)
  }
  if (group.length > 0) {
    // The last, partly filled controller is written without its bus: on bus 0, whatever the counter says.
    out.push(`-s ${counter.slot}:${counter.func},ahci${group.join('')}`)
    if (facts.uefi) nextSlot(counter)
  }
  if (disks.length > 0 && !facts.uefi) {
    nextSlot(counter)
    counter.func = 0
  }
  wrapBus(counter)
}

function addNics(facts: DeviceFacts, counter: SlotCounter, out: string[]): void {
  for (const nic of facts.nics) {
    wrapFunction(counter)
    wrapBus(counter)
    const backend = nic.backend.kind === 'fixed' ? nic.backend.text : facts.taps.get(nic.index)
    if (nic.backend.kind === 'none' || backend === undefined) continue
    const mac = nic.mac === '' ? '' : `,mac=${nic.mac}`
    out.push(`-s ${address(counter)},${nic.emulation},${backend}${mac}`)
    counter.func += 1
  }
  if (facts.nics.length > 0) {
    nextSlot(counter)
    counter.func = 0
  }
  wrapBus(counter)
}

/** Host PCI devices; functions of one host bus stay on one slot. Returns whether there is any. */
function addPassthru(conf: Conf, counter: SlotCounter, out: string[]): boolean {
  let func = 0
  let lastBus = ''
  let index = 0
  for (; ; index += 1) {
    const device = confText(conf, `passthru${index}`)
    if (device === '') break
    const options = confText(conf, `passthru${index}_options`)
    const tail = options === '' ? '' : `,${options}`
    const equals = device.indexOf('=')
    if (equals >= 0) {
      const place = device.slice(device.lastIndexOf('=') + 1)
      out.push(`-s ${counter.bus}:${place},passthru,${device.slice(0, equals)}${tail}`)
      continue
    }
    const bus = device.split('/', 1)[0] ?? ''
    if (lastBus !== '' && lastBus !== bus) {
      nextSlot(counter)
      func = 0
    }
    wrapBus(counter)
    out.push(`-s ${address(counter, func)},passthru,${device}${tail}`)
    lastBus = bus
    func += 1
  }
  if (index > 0) nextSlot(counter)
  wrapBus(counter)
  return index > 0
}

function addFramebuffer(facts: DeviceFacts, counter: SlotCounter, out: string[]): string | null {
  const { conf, port } = facts
  if (!facts.uefi || !confTrue(conf, 'graphics') || port === null || port === '') return null
  const vnc = `${confText(conf, 'graphics_listen') || '0.0.0.0'}:${port}`
  const parts = [`tcp=${vnc}`]
  const size = confText(conf, 'graphics_res')
  if (size !== '') parts.push(`w=${size.split('x', 1)[0]}`, `h=${size.slice(size.lastIndexOf('x') + 1)}`)
  const vga = confText(conf, 'graphics_vga')
  if (vga !== '') parts.push(`vga=${vga}`)
  const password = confText(conf, 'vnc_password')
  if (password !== '') parts.push(`password=${password}`)
  const wait = confText(conf, 'graphics_wait', 'auto')
  if (wait === 'auto' ? facts.installing : isTrue(wait)) parts.push('wait')
  addOne(counter, out, `fbuf,${parts.join(',')}`)
  return vnc
}

function addSound(conf: Conf, counter: SlotCounter, out: string[]): void {
  if (!confTrue(conf, 'sound')) return
  const record = confText(conf, 'sound_rec')
  const play = confText(conf, 'sound_play', '/dev/dsp0')
  addOne(counter, out, `hda,play=${play}${record === '' ? '' : `,rec=${record}`}`)
}

function addConsolePorts(facts: DeviceFacts, counter: SlotCounter, out: string[]): void {
  const ports: string[] = []
  while (ports.length < 16) {
    const value = confText(facts.conf, `virt_console${ports.length}`)
    if (value === '') break
    const name = /^(yes|on|1)$/i.test(value) ? String(ports.length) : value
    ports.push(`,${name}=${facts.place.directory}/vtcon.${name}`)
  }
  if (ports.length > 0) addOne(counter, out, `virtio-console${ports.join('')}`)
}

/** Com ports in conf order with the number of the nmdm pair each gets. */
export function comPorts(
  place: Pick<GuestPlace, 'name'>,
  conf: Conf,
): { port: string; guestEnd: string; userEnd: string }[] {
  return words(confText(conf, 'comports', 'com1')).map((port, index) => {
    const pair = `/dev/nmdm-${place.name}.${index + 1}`
    return { port, guestEnd: `${pair}A`, userEnd: `${pair}B` }
  })
}
