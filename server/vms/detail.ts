/** One guest in full, and what the form for a new one can offer. */

import { parseSlot } from '../host/bhyve-devices.ts'
import type { Host } from '../host/host.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { maskedConf, parseConf } from './conf.ts'
import { readStartFacts } from './launch.ts'
import type { PciDevice, VmChoices, VmDetail } from './model.ts'
import { PRESETS } from './presets.ts'
import { type GuestRead, listIfThere, readGuestNamed, readGuests, readSetup, revisionOf } from './read.ts'
import { toVm } from './state.ts'
import { isoDirectories, switches } from './system-conf.ts'

/** The devices of a bhyve command line in the order of their slots. */
function pciDevices(argv: readonly string[]): PciDevice[] {
  const devices: PciDevice[] = []
  for (const [index, word] of argv.entries()) {
    if (argv[index - 1] !== '-s') continue
    const [place = '', emulation = '', ...conf] = word.split(',')
    const slot = parseSlot(place)
    if (slot) devices.push({ ...slot, emulation, backing: conf.join(',') })
  }
  return devices.sort((a, b) => a.bus - b.bus || a.slot - b.slot || a.func - b.func)
}

/** One guest with its conf, its command line and its runs. AppError `not_found`. */
export async function readVm(host: Host, name: string, now: number = Date.now()): Promise<VmDetail> {
  const read = await readGuestNamed(host, name, now)
  const present = read.guest.runs.at(-1)
  if (read.vm.pid !== null && present && present.endedAt === null) return toDetail(read, present.argv, null)
  const facts = await readStartFacts(host, name, now)
  return toDetail(facts.read, facts.shown.launch?.argv ?? [], facts.shown.refused?.message ?? null)
}

function toDetail({ vm, guest }: GuestRead, argv: string[], refusal: string | null): VmDetail {
  return {
    ...vm,
    problems: vm.problems.length === 0 && refusal !== null ? [refusal] : vm.problems,
    conf: guest.conf ?? '',
    startedConf: vm.pending.length > 0 ? guest.startedConf : null,
    revision: revisionOf(guest.conf ?? ''),
    argv: withoutPassword(argv),
    devices: pciDevices(withoutPassword(argv)),
    runs: [...guest.runs]
      .reverse()
      .map(({ failed: _failed, ...run }) => ({ ...run, argv: withoutPassword(run.argv) })),
  }
}

/** What a viewer is shown: the password of the screen opens it for writing too. */
export function withoutPasswords(detail: VmDetail): VmDetail {
  const { conf, startedConf } = detail
  return {
    ...detail,
    conf: maskedConf(conf),
    startedConf: startedConf === null ? null : maskedConf(startedConf),
  }
}

/** bhyve takes the password of a screen on its command line only; a page need not repeat it. */
function withoutPassword(argv: readonly string[]): string[] {
  return argv.map(word => word.replace(/(,fbuf,(?:.*,)?password=)[^,]*/, '$1********'))
}

/** What a new guest can be made of on this host. */
export async function readChoices(host: Host, inventory: Inventory): Promise<VmChoices> {
  const [setup, datasets, { guests, view }, facts] = await Promise.all([
    readSetup(host),
    inventory.datasets(),
    readGuests(host),
    inventory.facts(),
  ])
  const system = parseConf(setup.system)
  const used = new Set(guests.flatMap(guest => toVm(guest, view).disks.map(disk => disk.dataset)))
  const isos = await Promise.all(
    isoDirectories(setup.vmDir ?? '', system).map(async directory =>
      (await listIfThere(host, directory.path))
        .filter(entry => entry.type === 'file')
        .map(entry => ({ name: entry.name, datastore: directory.datastore, sizeBytes: entry.sizeBytes })),
    ),
  )
  const limit = await host.run(['sysctl', '-n', 'hw.vmm.maxcpu'])
  return {
    datastores: setup.stores.map(store => ({
      name: store.name,
      path: store.path,
      dataset: store.dataset === '' ? null : store.dataset,
    })),
    switches: switches(system).map(one => one.name),
    isos: setup.vmDir === null ? [] : isos.flat(),
    freeVolumes: datasets.value
      .filter(each => each.type === 'volume' && !used.has(each.name))
      .map(each => ({ name: each.name, sizeBytes: each.volsizeBytes ?? 0 })),
    parents: datasets.value
      .filter(each => each.type === 'filesystem' && !each.readonly)
      .map(each => ({ name: each.name, availableBytes: each.availableBytes })),
    maxCpus: limit.exit === 0 ? Number(limit.stdout.trim()) || facts.value.cpus : facts.value.cpus,
    memoryBytes: facts.value.memoryBytes,
    presets: PRESETS,
  }
}
