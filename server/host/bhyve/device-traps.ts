/** bhyve(8)'s `-s` words: one device each, judged before bhyve misreads it. */

/** Device emulations of stock builds. */
export const EMULATIONS = new Set(
  `hostbridge amd_hostbridge lpc virtio-blk ahci ahci-hd ahci-cd nvme virtio-scsi virtio-9p virtio-net e1000 virtio-rnd
  virtio-console virtio-input xhci fbuf hda passthru uart`.split(/\s+/),
)

/** Devices whose configuration begins with an option, not with what they are made of. */
const WITHOUT_SUBJECT = new Set(['hostbridge', 'lpc', 'virtio-rnd', 'xhci', 'fbuf', 'hda'])

/** Options of disks that stand alone. */
const DISK_FLAGS = new Set(['ro', 'nocache', 'direct', 'sync', 'nodelete', 'sectorsize', 'bootindex'])

/** A TCP port in plain decimal. */
export function portIsValid(text: string): boolean {
  return /^[1-9][0-9]{0,4}$/.test(text) && Number(text) <= 65535
}

/** Bus, slot and function of a `-s` word, or null when bhyve would read another place than is written. */
export function parseSlot(text: string): { bus: number; slot: number; func: number } | null {
  const match = /^ ?(?:(\d+):(\d+):(\d+)|(\d+)(?::(\d+))?)$/.exec(text)
  if (!match) return null
  const [bus, slot, func] =
    match[1] === undefined
      ? [0, Number(match[4]), Number(match[5] ?? 0)]
      : [Number(match[1]), Number(match[2]), Number(match[3])]
  return bus < 256 && slot < 32 && func < 8 ? { bus, slot, func } : null
}

/** Why bhyve would not build the device that a `-s` word means, or null. */
export function whyDevice(value: string): string | null {
  const [place = '', emulation = '', ...conf] = value.split(',')
  if (!parseSlot(place)) return `${JSON.stringify(place)} is not a PCI slot (bus:slot:function).`
  if (!EMULATIONS.has(emulation)) return `bhyve has no device ${JSON.stringify(emulation)}.`
  if (conf.some(option => option.startsWith('device=')))
    return 'An option "device=" would replace the device.'
  if (emulation !== 'ahci' && emulation !== 'virtio-9p' && emulation !== 'virtio-console') {
    // The first word of these is a path, an interface or an address; of others it is an option already.
    const named = WITHOUT_SUBJECT.has(emulation) ? conf : conf.slice(1)
    const broken = named.find(option => /\./.test(option.split('=', 1)[0] ?? '') || option.startsWith('='))
    if (broken !== undefined) {
      return `${JSON.stringify(broken)} is not an option: a comma ends a path or a password.`
    }
  }
  const open = conf.find(option => /%\([^)]*$/.test(option))
  if (open !== undefined) return `${JSON.stringify(open)} opens a reference "%(" that does not end.`
  return whyOptions(emulation, conf)
}

function whyOptions(emulation: string, conf: readonly string[]): string | null {
  switch (emulation) {
    case 'virtio-blk':
    case 'nvme':
    case 'ahci-hd':
    case 'ahci-cd':
      return whyDisk(emulation, conf)
    case 'virtio-net':
    case 'e1000':
      return whyNic(emulation, conf)
    case 'fbuf':
      return whyFramebuffer(conf)
    case 'xhci':
      return conf.every(word => word === 'tablet') ? null : 'xhci takes "tablet" and nothing else.'
    case 'virtio-console':
      return conf.length > 0 && conf.every(port => /^[^=]+=\//.test(port))
        ? null
        : 'virtio-console needs name=/path for every port; bhyve crashes without.'
    case 'virtio-9p': {
      const shares = conf.filter(word => word.includes('='))
      return shares.length === 1 && /^[^=]*=\//.test(shares[0] ?? '')
        ? null
        : 'virtio-9p needs one name=/path.'
    }
    case 'passthru':
      return /^(ppt[0-9]+|pci0:\d+:\d+:[0-7]|\d+\/\d+\/\d+)$/.test(conf[0] ?? '') &&
        passthruInRange(conf[0] ?? '')
        ? null
        : `${JSON.stringify(conf[0] ?? '')} is not a PCI device of the host (bus/slot/function).`
    default:
      return null
  }
}

function passthruInRange(device: string): boolean {
  const match = /^(\d+)\/(\d+)\/(\d+)$/.exec(device)
  return !match || (Number(match[1]) < 256 && Number(match[2]) < 32 && Number(match[3]) < 8)
}

function optionOf(conf: readonly string[], key: string): string | undefined {
  // The last one wins, as in bhyve's configuration tree.
  return conf.findLast(option => option === key || option.startsWith(`${key}=`))
}

function whyDisk(emulation: string, conf: readonly string[]): string | null {
  const ram = emulation === 'nvme' && /^ram=[1-9]/.test(conf[0] ?? '')
  if (!ram && !/^([^=]+|\/.+)$/.test(conf[0] ?? '')) return `${emulation} needs the path of its disk.`
  const bare = conf.slice(1).find(option => !option.includes('=') && !DISK_FLAGS.has(option))
  if (bare !== undefined) {
    return `${JSON.stringify(bare)} is not an option of a disk: a comma ends the path.`
  }
  const sector = optionOf(conf.slice(1), 'sectorsize')
  if (sector !== undefined) {
    const sizes = /^sectorsize=(\d+)(?:\/(\d+))?$/.exec(sector)
    const logical = Number(sizes?.[1] ?? 0)
    const physical = Number(sizes?.[2] ?? logical)
    const powers = [logical, physical].every(size => size >= 512 && Number.isInteger(Math.log2(size)))
    if (!powers || physical < logical) return `${sector} is not a sector size.`
  }
  const index = optionOf(conf.slice(1), 'bootindex')
  if (index !== undefined && !/^bootindex=\d+$/.test(index)) return `${index} is not a boot position.`
  for (const key of ['ro', 'nocache', 'direct', 'sync', 'nodelete']) {
    const flag = optionOf(conf.slice(1), key)
    if (flag !== undefined && !/^\w+(=(true|on|yes|1|false|off|no|0))?$/i.test(flag))
      return `${flag} is neither on nor off.`
  }
  if (emulation !== 'nvme') return null
  for (const [key, most] of [
    ['maxq', 16],
    ['qsz', 65535],
    ['ioslots', 65535],
  ] as const) {
    const option = optionOf(conf, key)
    const number = Number(option?.split('=')[1])
    if (option !== undefined && !(number >= 1 && number <= most)) return `${option} is out of range.`
  }
  const size = optionOf(conf, 'sectsz')
  return size === undefined || /=(512|4096|8192)$/.test(size) ? null : `${size} is not 512, 4096 or 8192.`
}

function whyNic(emulation: string, conf: readonly string[]): string | null {
  const backend = conf[0] ?? ''
  if (emulation === 'e1000' && backend === '') return 'e1000 needs a network.'
  const typed = conf.some(option => option.startsWith('type='))
  if (!typed && !/^((tap|vmnet)[0-9]+|netgraph|slirp|netmap:.+|vale.*:.+|ngd[0-9]+)$/.test(backend)) {
    return `${JSON.stringify(backend)} is not a network bhyve can open: an interface's name has to be tap or vmnet with a number.`
  }
  if (backend === 'netgraph' && !conf.some(option => option.startsWith('path=')))
    return 'netgraph needs a path.'
  if (backend === 'slirp') {
    const forwards = optionOf(conf, 'hostfwd')?.slice('hostfwd='.length).split(';') ?? []
    const fit = forwards.every(text => {
      const match = /^\w+:([\d.]*):(\d+)-([\d.]*):(\d+)$/.exec(text)
      return match !== null && portIsValid(match[2] ?? '') && portIsValid(match[4] ?? '')
    })
    if (!fit) return 'A forwarded port is written as tcp:address:port-address:port.'
  }
  if (conf.slice(1).some(option => /^[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5}$/i.test(option))) {
    return 'The MAC address needs "mac=" before it; bhyve would ignore it.'
  }
  const mac = optionOf(conf, 'mac')
  if (mac !== undefined && !macIsValid(mac.slice('mac='.length)))
    return `${mac} is not the address of a network card.`
  const mtu = optionOf(conf, 'mtu')
  const size = Number(mtu?.slice('mtu='.length))
  return mtu === undefined || (size >= 46 && size <= 65535) ? null : `${mtu} is not a packet size.`
}

/** Six octets, not all zero, not a group address. */
export function macIsValid(mac: string): boolean {
  if (!/^[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5}$/i.test(mac)) return false
  const octets = mac.split(':').map(octet => Number.parseInt(octet, 16))
  return octets.some(octet => octet !== 0) && ((octets[0] ?? 1) & 1) === 0
}

function whyFramebuffer(conf: readonly string[]): string | null {
  const address = optionOf(conf, 'rfb') ?? optionOf(conf, 'tcp')
  if (address !== undefined && !rfbAddressIsValid(address.slice(4))) {
    return `${JSON.stringify(address)} is not a numeric address with a port; bhyve would listen somewhere else.`
  }
  for (const word of conf) {
    if (
      !/^(rfb|tcp|w|h|vga|password)=|^wait($|=)|^(vga|w|h|tcp|rfb|password)$/.test(word) &&
      !word.includes('=')
    ) {
      return `${JSON.stringify(word)} is not an option of the screen.`
    }
  }
  for (const [key, least, most] of [
    ['w', 640, 3840],
    ['h', 480, 2160],
  ] as const) {
    const option = optionOf(conf, key)
    const size = Number(/^.=([1-9]\d*)$/.exec(option ?? '')?.[1])
    if (option !== undefined && !(size >= least && size <= most)) {
      return `The screen is from 640x480 to 3840x2160; ${option} is not.`
    }
  }
  const vga = optionOf(conf, 'vga')
  if (vga !== undefined && !/^vga=(io|off)$/.test(vga))
    return 'vga is io or off; with "on" there would be no screen at all.'
  const wait = optionOf(conf, 'wait')
  if (wait !== undefined && !/^wait(=(true|on|yes|1|false|off|no|0))?$/.test(wait))
    return `${wait} is neither on nor off.`
  const password = optionOf(conf, 'password')
  if (password === 'password' || password === 'password=') return 'The password of the screen is empty.'
  return password?.includes('%') ? 'A password with "%" is read as a reference.' : null
}

/** PORT, IPv4:PORT or [IPv6]:PORT, all numeric. A bare IPv4 address would be read as a port. */
function rfbAddressIsValid(text: string): boolean {
  if (/^unix:\//.test(text)) return false
  const match = /^(?:(?:(\d{1,3}(?:\.\d{1,3}){3})|\[[0-9a-f:]+\])?:)?(\d+)$/i.exec(text)
  if (!match || !portIsValid(match[2] ?? '')) return false
  return match[1] === undefined || match[1].split('.').every(octet => Number(octet) <= 255)
}
