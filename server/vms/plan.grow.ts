/** Making a disk larger. Pure. */
import type { DatasetRow } from '../datasets/model.ts'
import { SETTABLE } from '../datasets/properties.ts'
import { setPropertyArgv } from '../host/zfs/properties.ts'
import { refusedPlan, withDigest } from '../tasks/digest.ts'
import type { Plan, Refusal } from '../tasks/model.ts'
import type { GrowDiskInput } from './input.hardware.ts'
import type { Vm, VmDisk } from './model.ts'
import { vmLock } from './plan.ts'

export type GrowFacts = {
  vm: Vm
  /** Its zvol, null where it is none or is not there. */
  volume: DatasetRow | null
  /** Its image, null where it is none or is not there. */
  file: { type: string; sizeBytes: number } | null
}

const ACTION = 'vms.growDisk'

export function planGrowDisk(input: GrowDiskInput, facts: GrowFacts): Plan {
  const { vm } = facts
  const title = `Grow disk ${input.index} of ${vm.name}`
  const disk = vm.disks.find(one => one.index === input.index)
  const refused = disk
    ? sizeRefusal(input.sizeBytes, disk, facts)
    : ({ code: 'not_found', message: `${vm.name} has no disk ${input.index}.` } satisfies Refusal)
  if (refused || !disk) return refusedPlan(ACTION, title, refused ?? { code: 'not_found', message: title })
  const { volume } = facts
  const bytes = String(input.sizeBytes)
  return withDigest({
    action: ACTION,
    title,
    steps: [
      volume
        ? { title: `Set the size of ${volume.name}`, argv: setPropertyArgv(volume.name, 'volsize', bytes) }
        : { title: `Make ${disk.path} longer`, argv: ['truncate', '-c', '-s', bytes, disk.path] },
    ],
    victims: [],
    // The very zvol that was shown: ZFS goes by names alone.
    subjects: volume ? [{ name: volume.name, guid: volume.guid }] : [],
    warnings: [
      ...(vm.pid === null ? [] : [`${vm.name} runs: it sees the new size after its next cold start.`]),
      'The partitions and filesystems inside it stay as they are: the guest itself has to make them larger.',
    ],
    locks: [vmLock(vm.name), ...(volume ? [`dataset:${volume.name}`] : [])],
  })
}

function sizeRefusal(sizeBytes: number, disk: VmDisk, { volume, file }: GrowFacts): Refusal | null {
  const no = (message: string, code: Refusal['code'] = 'invalid'): Refusal => ({
    code,
    message,
    detail: { field: 'sizeBytes' },
  })
  if (disk.dataset === null && file?.type !== 'file') {
    return no(
      `${disk.path} is neither a zvol nor an image that is there: it cannot be made larger here.`,
      'refused',
    )
  }
  if (disk.dataset !== null && volume === null) return no(`There is no zvol ${disk.dataset}.`, 'not_found')
  const now = volume?.volsizeBytes ?? file?.sizeBytes ?? 0
  if (sizeBytes < now) {
    return no('A disk is never made smaller: what lies behind its new end would be lost.')
  }
  if (sizeBytes === now) return no('It has that size already.')
  if (!volume) return sizeBytes % 512 === 0 ? null : no('The size of an image is a multiple of 512 bytes.')
  const problem = SETTABLE.volsize?.(String(sizeBytes), volume) ?? null
  return problem === null ? null : no(problem)
}
