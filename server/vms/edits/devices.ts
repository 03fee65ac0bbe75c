/** A guest's conf with one device added, changed or removed: only the keys of that device are touched. Pure. */
import { parseConf, withoutNumbered } from '../conf.ts'
import { diskEntries, diskPath } from '../devices.ts'
import { hardwareOf } from '../hardware.ts'
import type { AddDeviceInput, ChangeDeviceInput, RemoveDeviceInput } from '../input.hardware.ts'
import {
  changeConsole,
  changeCpu,
  changeFirmware,
  changeLimits,
  changeMemory,
  changeParts,
  changeScreen,
  changeSerial,
} from './board.ts'
import { addDisk, changeDisk } from './disks.ts'
import { type Edit, type EditKnowledge, no } from './edit.ts'
import { addNetwork, changeNetwork } from './networks.ts'

export function addDevice(text: string, device: AddDeviceInput['device'], known: EditKnowledge): Edit {
  return device.kind === 'disk' ? addDisk(text, device, known) : addNetwork(text, device, known)
}

export function changeDevice(text: string, device: ChangeDeviceInput['device'], known: EditKnowledge): Edit {
  switch (device.kind) {
    case 'cpu':
      return changeCpu(text, device, known)
    case 'memory':
      return changeMemory(text, device, known)
    case 'disk':
      return changeDisk(text, device, known)
    case 'network':
      return changeNetwork(text, device, known)
    case 'screen':
      return changeScreen(text, device, known)
    case 'parts':
      return changeParts(text, device)
    case 'serial':
      return changeSerial(text, device)
    case 'console':
      return changeConsole(text, device)
    case 'limits':
      return changeLimits(text, device, known)
    case 'firmware':
      return changeFirmware(text, device)
  }
}

export const REMOVABLE = { disk: 'disk', network: 'network card', passthru: 'PCI device' } as const

/** Takes it out of the conf; those after it move up, because vm-bhyve stops looking at the first gap. */
export function removeDevice(text: string, device: RemoveDeviceInput['device'], known: EditKnowledge): Edit {
  const { kind, index } = device
  const conf = parseConf(text)
  const disks = diskEntries(conf)
  const { nics, passthru } = hardwareOf(conf, [])
  const count = { disk: disks.length, network: nics.length, passthru: passthru.length }[kind]
  if (index >= count) return no('not_found', `It has no ${REMOVABLE[kind]} ${index}.`, 'index')
  const disk = kind === 'disk' ? disks[index] : undefined
  const path = disk ? (diskPath(known.place, disk.name, disk.backing, () => null) ?? disk.name) : ''
  return {
    after: withoutNumbered(text, kind, index, count),
    steps: [],
    datasets: [],
    warnings: [
      ...(disk
        ? [`${path.replace(/^\/dev\/zvol\//, '')} stays as it is; it is only no longer a disk of this guest.`]
        : []),
      ...(disk && index === 0 && count > 1 ? ['It starts from what has been disk 1 then.'] : []),
    ],
  }
}
