/** pciconf(8) -l: the PCI devices of an ordinary small server. */
import { getopt } from './getopt.ts'
import { fail, ok, type Program } from './programs.ts'

type Device = {
  name: string
  address: string
  class: string
  revision: string
  vendor: string
  device: string
  /** Vendor, device, class and subclass in words. */
  words: [string, string, string, string | null]
}

const DEVICES: readonly Device[] = [
  {
    name: 'hostb0',
    address: '0:0:0:0',
    class: '0x060000',
    revision: '0x08',
    vendor: '0x8086',
    device: '0x3ec2',
    words: ['Intel Corporation', '8th Gen Core Processor Host Bridge/DRAM Registers', 'bridge', 'HOST-PCI'],
  },
  {
    name: 'pcib1',
    address: '0:0:1:0',
    class: '0x060400',
    revision: '0x08',
    vendor: '0x8086',
    device: '0x1901',
    words: ['Intel Corporation', '6th-10th Gen Core Processor PCIe Controller (x16)', 'bridge', 'PCI-PCI'],
  },
  {
    name: 'vgapci0',
    address: '0:0:2:0',
    class: '0x030000',
    revision: '0x00',
    vendor: '0x8086',
    device: '0x3e92',
    words: ['Intel Corporation', 'CoffeeLake-S GT2 [UHD Graphics 630]', 'display', 'VGA'],
  },
  {
    name: 'xhci0',
    address: '0:0:20:0',
    class: '0x0c0330',
    revision: '0x10',
    vendor: '0x8086',
    device: '0xa36d',
    words: ['Intel Corporation', 'Cannon Lake PCH USB 3.1 xHCI Host Controller', 'serial bus', 'USB'],
  },
  {
    name: 'ahci0',
    address: '0:0:23:0',
    class: '0x010601',
    revision: '0x10',
    vendor: '0x8086',
    device: '0xa352',
    words: ['Intel Corporation', 'Cannon Lake PCH SATA AHCI Controller', 'mass storage', 'SATA'],
  },
  {
    name: 'isab0',
    address: '0:0:31:0',
    class: '0x060100',
    revision: '0x10',
    vendor: '0x8086',
    device: '0xa309',
    words: ['Intel Corporation', 'Cannon Point-LP LPC Controller', 'bridge', 'PCI-ISA'],
  },
  {
    name: 'mpr0',
    address: '0:1:0:0',
    class: '0x010700',
    revision: '0x02',
    vendor: '0x1000',
    device: '0x0097',
    words: ['Broadcom / LSI', 'SAS3008 PCI-Express Fusion-MPT SAS-3', 'mass storage', 'SAS'],
  },
  {
    name: 'nvme0',
    address: '0:2:0:0',
    class: '0x010802',
    revision: '0x00',
    vendor: '0x144d',
    device: '0xa808',
    words: ['Samsung Electronics Co Ltd', 'NVMe SSD Controller SM981/PM981/PM983', 'mass storage', 'NVM'],
  },
  {
    name: 'ix0',
    address: '0:3:0:0',
    class: '0x020000',
    revision: '0x01',
    vendor: '0x8086',
    device: '0x1528',
    words: ['Intel Corporation', 'Ethernet Controller 10-Gigabit X540-AT2', 'network', 'ethernet'],
  },
  {
    name: 'ppt0',
    address: '0:3:0:1',
    class: '0x020000',
    revision: '0x01',
    vendor: '0x8086',
    device: '0x1528',
    words: ['Intel Corporation', 'Ethernet Controller 10-Gigabit X540-AT2', 'network', 'ethernet'],
  },
  {
    name: 'none0',
    address: '0:0:31:5',
    class: '0x0c8000',
    revision: '0x10',
    vendor: '0x8086',
    device: '0xa324',
    words: ['Intel Corporation', 'Cannon Lake PCH SPI Controller', 'serial bus', null],
  },
]

export const pciconf: Program = (_world, argv) => {
  const options = getopt(argv.slice(1), 'lBbcevVr:w:a:h')
  if ('bad' in options || !options.has('l'))
    return fail(1, 'usage: pciconf -l [-BbcevV] [device]\n       pciconf -a device\n')
  const [wanted] = options.operands
  const devices = DEVICES.filter(device => wanted === undefined || device.name === wanted)
  return ok(devices.map(device => text(device, options.has('v'))).join(''))
}

/** Whether a device, `ppt0` or `3/0/1`, has the driver that keeps it for guests. */
export function isReserved(device: string): boolean {
  const address = `0:${device.replaceAll('/', ':')}`
  return DEVICES.some(one => one.name.startsWith('ppt') && (one.name === device || one.address === address))
}

function text(device: Device, verbose: boolean): string {
  const head = `${device.name}@pci${device.address}:\tclass=${device.class} rev=${device.revision} hdr=${device.class === '0x060400' ? '0x01' : '0x00'} vendor=${device.vendor} device=${device.device} subvendor=0x15d9 subdevice=0x0962\n`
  if (!verbose) return head
  const [vendor, name, kind, subkind] = device.words
  const lines = [`vendor     = '${vendor}'`, `device     = '${name}'`, `class      = ${kind}`]
  if (subkind !== null) lines.push(`subclass   = ${subkind}`)
  return head + lines.map(line => `    ${line}\n`).join('')
}
