/** The PCI devices of a bhyve command line, and what becomes of them from one command line to the next. Pure. */
import { parseSlot } from '../host/bhyve/device-traps.ts'
import type { PciChange, PciDevice } from './model.ts'

/** The devices of a bhyve command line in the order of their slots. */
export function pciDevices(argv: readonly string[]): PciDevice[] {
  const devices: PciDevice[] = []
  for (const [index, word] of argv.entries()) {
    if (argv[index - 1] !== '-s') continue
    const [place = '', emulation = '', ...conf] = word.split(',')
    const slot = parseSlot(place)
    if (slot) devices.push({ ...slot, emulation, backing: conf.join(',') })
  }
  return devices.sort(byAddress)
}

function byAddress(a: PciDevice, b: PciDevice): number {
  return a.bus - b.bus || a.slot - b.slot || a.func - b.func
}

function isAtSamePlace(a: PciDevice, b: PciDevice): boolean {
  return byAddress(a, b) === 0
}

/** Which tap a card gets is settled at each start, and is no difference to the guest. */
function isTheSame(a: PciDevice, b: PciDevice): boolean {
  const plain = (device: PciDevice) => device.backing.replace(/^(tap|vmnet)\d+/, '')
  return a.emulation === b.emulation && plain(a) === plain(b)
}

/** What a device is to a person, whatever its options: a disk is its path, a network card its address. */
function identityOf({ emulation, backing }: PciDevice): string {
  const options = backing.split(',')
  if (/^(virtio-net|e1000)$/.test(emulation)) return options.find(one => one.startsWith('mac=')) ?? 'nic'
  if (/^(virtio-blk|nvme|ahci.*|virtio-9p|virtio-scsi|passthru)$/.test(emulation)) return options[0] ?? ''
  return emulation.replace('amd_', '')
}

/** Every device of both command lines once, in the order of slots: what stays, changes, moves, comes and goes. */
export function comparePci(now: readonly PciDevice[], next: readonly PciDevice[]): PciChange[] {
  const left = new Set(next)
  const changes: PciChange[] = []
  const open: PciDevice[] = []
  for (const device of now) {
    const same = [...left].find(one => isAtSamePlace(one, device) && isTheSame(one, device))
    if (same) {
      left.delete(same)
      changes.push({ change: 'same', now: device, next: same })
    } else open.push(device)
  }
  for (const device of open) {
    const later = [...left].find(one => identityOf(one) === identityOf(device))
    if (later) {
      left.delete(later)
      changes.push({ change: isTheSame(device, later) ? 'moved' : 'changed', now: device, next: later })
    } else changes.push({ change: 'gone', now: device, next: null })
  }
  for (const device of left) changes.push({ change: 'new', now: null, next: device })
  return changes.sort((a, b) => {
    const [one, other] = [a.now ?? a.next, b.now ?? b.next]
    return one && other ? byAddress(one, other) : 0
  })
}
