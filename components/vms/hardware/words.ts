/** The devices of a guest in plain words, each beside the words that the conf has. */
import type { Hardware, PciChange, PciDevice, VmDetail } from '../../../server/vms/model.ts'
import { bytes, plural } from '../../ui/format.ts'

const EMULATIONS: Record<string, string> = {
  'virtio-blk': 'virtio disk',
  nvme: 'NVMe disk',
  'ahci-hd': 'SATA disk',
  'ahci-cd': 'CD drive',
  'virtio-scsi': 'SCSI target (CTL)',
  'virtio-9p': 'shared directory',
  'virtio-net': 'virtio network card',
  e1000: 'Intel e1000 network card',
}

/** "NVMe disk" */
function emulationWords(emulation: string): string {
  return EMULATIONS[emulation] ?? emulation
}

const FLAGS: Record<string, string> = {
  ro: 'read-only',
  nocache: "not through the machine's cache",
  direct: 'each write waits for the disk',
  sync: 'each write waits for the disk',
  nodelete: 'no TRIM',
}

/** What the options of a disk mean: "read-only, sectors of 512 bytes on 4096". Unknown ones stand as they are. */
export function diskOptionWords(options: string): string {
  return options
    .split(',')
    .filter(Boolean)
    .map(option => {
      const [key = '', value = ''] = option.split('=')
      if (value === '') return FLAGS[key] ?? option
      const [logical, physical] = value.split('/')
      if (key === 'sectorsize') return `sectors of ${logical} bytes${physical ? ` on ${physical}` : ''}`
      if (key === 'bootindex') return `boot position ${value}`
      return key === 'ser' ? `serial number ${value}` : option
    })
    .join(', ')
}

/** "4 CPUs: 1 socket × 4 cores × 1 thread" */
export function cpuWords({ cpus, sockets, cores, threads, pins }: Hardware['cpu']): string {
  const number = Number(cpus)
  const total = Number.isInteger(number) && number > 0 ? plural(number, 'CPU') : cpus || 'no number of CPUs'
  const many = (text: string, word: string) => plural(Number(text || '1'), word)
  const topology =
    sockets || cores || threads
      ? `: ${many(sockets || cpus, 'socket')} × ${many(cores, 'core')} × ${many(threads, 'thread')}`
      : number > 1
        ? ', each in a socket of its own'
        : ''
  const pinned = pins.map(pin => pin.replace(':', ' on CPU ')).join(', ')
  return `${total}${topology}${pinned === '' ? '' : ` · pinned: ${pinned}`}`
}

function screenWords({ resolution, listen, port, wait, vga, hasPassword }: NonNullable<Hardware['screen']>) {
  const where = port === '' ? `${listen}, the first free port from 5900` : `${listen}:${port}`
  return [
    resolution || "1024x768 (bhyve's own)",
    `VNC on ${where}`,
    ...(hasPassword ? ['with a password'] : []),
    ...(wait === 'yes' ? ['waits for a viewer before it boots'] : []),
    ...(vga === '' ? [] : [`vga=${vga}`]),
  ].join(' · ')
}

/** "at most 150 % of a CPU · writes 50M a second"; empty where nothing limits it. */
export function limitWords({ priority, pcpu, rbps, wbps, riops, wiops }: Hardware['limits']): string {
  return [
    ...(pcpu === '' ? [] : [`at most ${pcpu} % of a CPU`]),
    ...(rbps === '' ? [] : [`reads ${rbps} bytes a second`]),
    ...(wbps === '' ? [] : [`writes ${wbps} bytes a second`]),
    ...(riops === '' ? [] : [`${riops} reads a second`]),
    ...(wiops === '' ? [] : [`${wiops} writes a second`]),
    ...(priority === '' ? [] : [`priority ${priority}`]),
  ].join(' · ')
}

/** A line of the list of devices. */
export type DeviceLine = {
  /** Unique: `disk0`, `cpu`. */
  id: string
  /** What its dialog is. */
  kind:
    | 'cpu'
    | 'memory'
    | 'firmware'
    | 'disk'
    | 'network'
    | 'screen'
    | 'parts'
    | 'serial'
    | 'console'
    | 'passthru'
    | 'limits'
    | 'options'
  /** Of a disk, a network card or a PCI device of the machine. */
  index: number
  name: string
  words: string
  /** Where its bytes are, or which words the conf has: in the host's letters. */
  mono: string | null
  /** A zvol that has a page of its own. */
  dataset: string | null
  /** `0:4:0`, null for what is no PCI device or is not there at the next start. */
  address: string | null
}

/** Every device of the conf, in the order in which a person looks for them. */
export function deviceLines(vm: VmDetail): DeviceLine[] {
  const { hardware } = vm
  const devices = devicesAhead(vm)
  const at = (is: (device: PciDevice) => boolean) => {
    const found = devices.find(is)
    return found ? `${found.bus}:${found.slot}:${found.func}` : null
  }
  const line = (
    kind: DeviceLine['kind'],
    name: string,
    words: string,
    more: Partial<DeviceLine> = {},
  ): DeviceLine => ({
    id: name,
    kind,
    index: 0,
    name,
    words,
    mono: null,
    dataset: null,
    address: null,
    ...more,
  })
  const bytesOfMemory = vm.memoryBytes === null ? hardware.memory.size : bytes(vm.memoryBytes)
  const own = vm.loader.startsWith('uefi') && hardware.firmwareVariables
  return [
    line('cpu', 'CPU', cpuWords(hardware.cpu)),
    line('memory', 'Memory', `${bytesOfMemory}${hardware.memory.wired ? ' · wired' : ''}`),
    line(
      'firmware',
      'Firmware',
      [
        `${vm.loader}${own ? ', with variables of its own' : ''}`,
        `clock in ${hardware.localTime ? 'local time' : 'UTC'}`,
      ].join(' · '),
    ),
    ...hardware.disks.map(disk => {
      const options = diskOptionWords(disk.options)
      const words = `${emulationWords(disk.emulation)}${options === '' ? '' : ` · ${options}`}`
      const address = at(one =>
        one.backing.split(',').some(word => word.replace(/^(hd|cd):/, '') === disk.path),
      )
      return line('disk', `Disk ${disk.index}`, words, {
        mono: disk.dataset ?? disk.path,
        index: disk.index,
        dataset: disk.dataset,
        address,
      })
    }),
    ...hardware.nics.map(nic => {
      const net = nic.switchName === '' ? 'on no switch' : `on switch ${nic.switchName}`
      const words = [
        emulationWords(nic.emulation),
        net,
        ...(nic.device === '' ? [] : [`through ${nic.device}`]),
      ]
      const address = nic.mac === '' ? null : at(one => one.backing.includes(`mac=${nic.mac}`))
      return line('network', `Network ${nic.index}`, words.join(' · '), {
        index: nic.index,
        mono: nic.mac || null,
        address,
      })
    }),
    ...(hardware.screen
      ? [
          line('screen', 'Screen', screenWords(hardware.screen), {
            address: at(one => one.emulation === 'fbuf'),
          }),
        ]
      : []),
    ...smallLines(hardware, line, at),
    ...(limitWords(hardware.limits) === '' ? [] : [line('limits', 'Limits', limitWords(hardware.limits))]),
    ...(hardware.options === ''
      ? []
      : [line('options', 'Extra options', 'handed to bhyve as they stand', { mono: hardware.options })]),
  ]
}

function smallLines(
  hardware: Hardware,
  line: (kind: DeviceLine['kind'], name: string, words: string, more?: Partial<DeviceLine>) => DeviceLine,
  at: (is: (device: PciDevice) => boolean) => string | null,
): DeviceLine[] {
  const is = (emulation: string) => ({ address: at(one => one.emulation === emulation) })
  const { sound } = hardware
  const lines: DeviceLine[] = []
  if (hardware.tablet) lines.push(line('parts', 'Tablet', 'the pointer is where the mouse is', is('xhci')))
  if (hardware.random)
    lines.push(line('parts', 'Random numbers', "from the machine's own source", is('virtio-rnd')))
  if (sound) {
    const words = `plays on ${sound.play}${sound.record === '' ? '' : `, records from ${sound.record}`}`
    lines.push(line('parts', 'Sound', words, is('hda')))
  }
  if (hardware.comPorts.length > 0) lines.push(line('serial', 'Serial ports', hardware.comPorts.join(', ')))
  if (hardware.consolePorts.length > 0)
    lines.push(line('console', 'Console ports', hardware.consolePorts.join(', '), is('virtio-console')))
  for (const [index, device] of hardware.passthru.entries()) {
    const address = at(
      one => one.emulation === 'passthru' && one.backing.startsWith(device.split('=')[0] ?? device),
    )
    lines.push(line('passthru', `PCI device ${index}`, 'of the machine', { index, mono: device, address }))
  }
  if (hardware.tpm !== null) lines.push(line('options', 'TPM', '', { mono: hardware.tpm }))
  return lines
}

/** The devices as the next start will have them. */
function devicesAhead(vm: VmDetail): PciDevice[] {
  return vm.next ? vm.next.devices.flatMap(each => (each.next ? [each.next] : [])) : vm.devices
}

/** What the next cold start does to a device, in words; null where it does nothing. */
export function changeWords(each: PciChange): string | null {
  switch (each.change) {
    case 'same':
      return null
    case 'new':
      return 'new at its next cold start'
    case 'gone':
      return 'gone at its next cold start'
    case 'moved':
      return `moves to ${each.next.bus}:${each.next.slot}:${each.next.func}`
    case 'changed':
      return 'changes at its next cold start'
  }
}
