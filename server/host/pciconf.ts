/** pciconf(8): the devices on the PCI buses. */
import { runOrThrow, unreadable, wholeLines } from './answer.ts'
import type { Host } from './host.ts'

export type PciDevice = {
  /** `ix0`; `none3` without a driver, `ppt0` reserved for a guest. */
  name: string
  domain: number
  bus: number
  slot: number
  func: number
  /** `0x020000` */
  class: string
  vendor: string
  device: string
  /** In words, where the vendor list knows them. */
  vendorName: string | null
  deviceName: string | null
  className: string | null
  subclassName: string | null
}

function pciconfArgv(): string[] {
  return ['pciconf', '-lv']
}

const HEAD =
  /^(\S+)@pci(\d{1,5}):(\d{1,3}):(\d{1,2}):(\d):\s+class=(0x[0-9a-f]+) .*\bvendor=(0x[0-9a-f]+) device=(0x[0-9a-f]+)\b.*$/
const WORDS = /^ {4}(vendor|device|class|subclass) +=[ ](?:'(.*)'|(.*))$/

/** `pciconf -lv`: a line a device, then lines of four blanks with names. AppError `unreadable`. */
export function parsePciconf(text: string): PciDevice[] {
  const devices: PciDevice[] = []
  const names = new Set<string>()
  let told = new Set<string>()
  for (const line of wholeLines('pciconf', text)) {
    if (line === '') continue
    const head = HEAD.exec(line)
    const words = WORDS.exec(line)
    const current = devices.at(-1)
    if (head) {
      const [, name = '', domain, bus, slot, func, deviceClass = '', vendor = '', device = ''] = head
      if (names.has(name)) throw unreadable('pciconf', text, `“${name}” comes twice`)
      names.add(name)
      told = new Set()
      devices.push({
        name,
        domain: Number(domain),
        bus: Number(bus),
        slot: Number(slot),
        func: Number(func),
        class: deviceClass,
        vendor,
        device,
        vendorName: null,
        deviceName: null,
        className: null,
        subclassName: null,
      })
    } else if (words && current) {
      const [, what = ''] = words
      const value = words[2] ?? words[3] ?? ''
      if (told.has(what)) throw unreadable('pciconf', text, `the ${what} of “${current.name}” comes twice`)
      told.add(what)
      if (what === 'vendor') current.vendorName = value
      else if (what === 'device') current.deviceName = value
      else if (what === 'class') current.className = value
      else current.subclassName = value
    } else throw unreadable('pciconf', text, `“${line.slice(0, 80)}” is no device`)
  }
  return devices
}

export async function listPciDevices(host: Host): Promise<PciDevice[]> {
  return parsePciconf(await runOrThrow(host, pciconfArgv(), []))
}
