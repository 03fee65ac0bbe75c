/** A change of a guest's conf: what it has to know, and what it says. Pure. */
import type { DatasetRow } from '../../datasets/model.ts'
import type { Refusal, Step } from '../../tasks/model.ts'
import { type Conf, confTrue, editConf } from '../conf.ts'
import type { GuestPlace } from '../devices.ts'
import type { DiskSource } from '../input.hardware.ts'
import type { Vm } from '../model.ts'

/** What an edit has to know of the machine. */
export type EditKnowledge = {
  place: GuestPlace
  /** All other guests. */
  others: readonly Vm[]
  datasets: readonly DatasetRow[]
  switches: readonly string[]
  /** Why a new zvol cannot be made, by the rules of its pool. */
  newVolumeProblem: (volume: Extract<DiskSource, { from: 'new' }>) => Refusal | null
  /** Directories of the datastores. */
  stores: readonly string[]
  /** What is at the path that was asked for, null where nothing is. */
  found: { path: string; type: string } | null
  /** PCI devices of the machine by address, `2/0/0`. */
  pci: ReadonlyMap<string, { driver: string; usedBy: string | null }>
  /** Whether the kernel counts what processes take (kern.racct.enable); null where it does not tell. */
  racct: boolean | null
  /** An address for a new card, the same for the same number. */
  mac: (attempt: number) => string
  busyPorts: ReadonlySet<number>
  maxCpus: number
  hostCpus: number | null
  memoryOfHostBytes: number | null
}

export type Edit =
  | {
      refused?: undefined
      /** The conf afterwards. */
      after: string
      /** What has to be made before the conf can name it. */
      steps: Step[]
      /** Datasets it holds. */
      datasets: string[]
      warnings: string[]
    }
  | { refused: Refusal }

/** Keys to set, and (null) to take away. */
export type Changes = Record<string, string | null>

export function no(
  code: Refusal['code'],
  message: string,
  field: string,
  next?: string,
): { refused: Refusal } {
  return { refused: { code, message, detail: { field, ...(next ? { next } : {}) } } }
}

export function edited(
  text: string,
  changes: Changes,
  more: Partial<Exclude<Edit, { refused: Refusal }>> = {},
): Edit {
  return { after: editConf(text, changes), steps: [], datasets: [], warnings: [], ...more }
}

/** A switch is written only where it would be read as something else. */
export function toggled(conf: Conf, key: string, wanted: boolean): Changes {
  return confTrue(conf, key) === wanted ? {} : { [key]: wanted ? 'yes' : 'no' }
}

/** A value; an empty one takes the key away. */
export function valued(key: string, value: string): Changes {
  return { [key]: value === '' ? null : value }
}
