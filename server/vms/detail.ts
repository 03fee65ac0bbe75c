/** One guest in full, and what the form for a new one can offer. */

import type { Host } from '../host/host.ts'
import { diskBytesOf, whyNoDisk } from '../images/disk.ts'
import { readImages } from '../images/read.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { maskedConf, parseConf } from './conf.ts'
import { hardwareOf } from './hardware.ts'
import { readStartFacts, withoutPassword } from './launch.ts'
import type { VmChoices, VmDetail } from './model.ts'
import { readReserved } from './passthru.ts'
import { comparePci, pciDevices } from './pci.ts'
import { policyOf } from './policy.ts'
import { PRESETS } from './presets.ts'
import { type GuestRead, listIfThere, readGuestNamed, readGuests, readSetup, revisionOf } from './read.ts'
import { toVm } from './state.ts'
import { isoDirectories, switches } from './system-conf.ts'

/** One guest with its conf, its command line and its runs. AppError `not_found`. */
export async function readVm(host: Host, name: string, now: number = Date.now()): Promise<VmDetail> {
  const read = await readGuestNamed(host, name, now)
  const present = read.guest.runs.at(-1)
  const argv = read.vm.pid !== null && present && present.endedAt === null ? present.argv : null
  if (argv !== null && read.vm.pending.length === 0)
    return toDetail(read, { argv, next: null, refusal: null })
  const facts = await readStartFacts(host, name, now)
  const given = facts.shown.launch?.argv ?? []
  return argv === null
    ? toDetail(facts.read, { argv: null, next: given, refusal: facts.shown.refused?.message ?? null })
    : toDetail(facts.read, { argv, next: given, refusal: null })
}

/** `argv`: of the present run, null where it is not known. `next`: what the conf gives, where it was asked. */
type Commands = { argv: readonly string[] | null; next: readonly string[] | null; refusal: string | null }

function toDetail({ vm, guest }: GuestRead, commands: Commands): VmDetail {
  const { refusal } = commands
  const next = withoutPassword(commands.next ?? [])
  const argv = commands.argv === null ? next : withoutPassword(commands.argv)
  const devices = pciDevices(argv)
  const isPending = commands.argv !== null && commands.next !== null
  return {
    ...vm,
    problems: vm.problems.length === 0 && refusal !== null ? [refusal] : vm.problems,
    conf: guest.conf ?? '',
    startedConf: vm.pending.length > 0 ? guest.startedConf : null,
    revision: revisionOf(guest.conf ?? ''),
    argv,
    argvOf: commands.argv === null ? 'conf' : 'run',
    devices,
    next: isPending ? { argv: next, devices: comparePci(devices, pciDevices(next)) } : null,
    hardware: hardwareOf(parseConf(guest.conf ?? ''), vm.disks),
    policy: policyOf(parseConf(guest.conf ?? '')),
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
  const { images } = await readImages(host, [])
  const limit = await host.run(['sysctl', '-n', 'hw.vmm.maxcpu'])
  return {
    datastores: setup.stores.map(store => ({
      name: store.name,
      path: store.path,
      dataset: store.dataset === '' ? null : store.dataset,
    })),
    switches: switches(system).map(one => one.name),
    isos: setup.vmDir === null ? [] : isos.flat(),
    images: images
      .filter(each => whyNoDisk(each) === null)
      .map(each => ({ path: each.path, name: each.name, diskBytes: diskBytesOf(each) })),
    reserved: await readReserved(host, guests),
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
