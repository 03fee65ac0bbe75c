/** What the plans of this noun look at, read fresh from the host. */
import type { PlanContext } from '../action.ts'
import { freshVms, readPoolOf } from '../datasets/actions.ts'
import { type DatasetRow, KEPT_CONF } from '../datasets/model.ts'
import { poolOf } from '../datasets/plan.ts'
import { datasetOfPath, isRunning, usersBelow, usersOf } from '../datasets/users.ts'
import { AppError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { destroyDryRun } from '../host/zfs/destroy.ts'
import { splitSnapshot } from '../host/zfs/names.ts'
import { getProperties, getProperty, getWrittenSince, listSnapshotProperty } from '../host/zfs/properties.ts'
import { listBookmarks, listHolds, listSnapshots } from '../host/zfs/snapshots.ts'
import type { Aged } from '../inventory/inventory.ts'
import { readDatasets } from '../inventory/reader.ts'
import {
  changedKeys,
  confValue,
  parseConf,
  withoutScreenPassword,
  withScreenPasswordOf,
} from '../vms/conf.ts'
import { diskEntries } from '../vms/devices.ts'
import type { Vm } from '../vms/model.ts'
import { groupSnapshots } from './groups.ts'
import { confPathOf, type GuestRoom } from './guests.ts'
import type { ConfDifference, Reclaim, Snapshot, SnapshotGroup } from './model.ts'
import { type GuestFacts, newerThan, type RollbackHostFacts } from './plan.rollback.ts'
import type { SwapFacts } from './plan.swap.ts'
import { CONF_PROPERTY, GUEST_PROPERTY, type GuestNote } from './plan.ts'

async function confOf(host: Host, vm: Vm): Promise<string | null> {
  try {
    return await host.read(confPathOf(vm))
  } catch (error) {
    if (error instanceof AppError && (error.code === 'not_found' || error.code === 'denied')) return null
    throw error
  }
}

/** The conf a snapshot carries, null when it carries none (or something that is no base64url). */
const confThen = (host: Host, snapshot: string) => carriedBy(host, CONF_PROPERTY, snapshot)

async function carriedBy(host: Host, name: string, of: string): Promise<string | null> {
  const property = await getProperty(host, name, of)
  // What is inherited was noted about something else.
  if (!property || property.source === 'inherited' || !/^[A-Za-z0-9_-]+$/.test(property.value)) return null
  return Buffer.from(property.value, 'base64url').toString()
}

/** Zvols of the guest of today that its conf named already when these were taken; null where none carries the conf. */
export async function volumesThen(
  host: Host,
  vm: Vm,
  snapshots: readonly string[],
): Promise<string[] | null> {
  const today = await confOf(host, vm)
  if (today === null) return null
  const backing = ({ name, backing: dev }: { name: string; backing: string }) => `${dev} ${name}`
  const volumes = new Map(
    diskEntries(parseConf(today)).map(disk => [
      backing(disk),
      vm.disks.find(each => each.index === disk.index)?.dataset ?? null,
    ]),
  )
  for (const snapshot of snapshots) {
    const conf = await confThen(host, snapshot)
    if (conf !== null) return diskEntries(parseConf(conf)).flatMap(disk => volumes.get(backing(disk)) ?? [])
  }
  return null
}

function confDifferences(then: string, today: string): ConfDifference[] {
  const [before, after] = [parseConf(then), parseConf(today)]
  return changedKeys(before, after).map(key => ({
    key,
    before: confValue(before, key) ?? null,
    today: confValue(after, key) ?? null,
  }))
}

/** Snapshots of the guest's zvols by their names, as the inventory last heard them. AppError `not_found`. */
export async function readGroups(
  { host, inventory }: Pick<PlanContext, 'host' | 'inventory'>,
  name: string,
): Promise<Aged<SnapshotGroup[]>> {
  const vms = await inventory.vms()
  const vm = vms.value.find(each => each.name === name)
  if (!vm) throw new AppError('not_found', `There is no guest named ${name}.`, { names: [name] })
  const volumes = volumesOfGuest(vm)
  const [notes, ...lists] = await Promise.all([
    listSnapshotProperty(host, GUEST_PROPERTY, volumes),
    ...volumes.map(volume => inventory.snapshotsOf(volume)),
  ])
  const off = [...notes].flatMap(([snapshot, value]) => (value === 'off' ? [snapshot] : []))
  return {
    value: groupSnapshots(
      volumes,
      lists.flatMap(each => [...each.value]),
      new Set(off),
    ),
    heardAt: Math.min(vms.heardAt, ...lists.map(each => each.heardAt)),
  }
}

/** The zvols of a guest, each once, in the order of its disks. */
export function volumesOfGuest(vm: Pick<Vm, 'disks'>): string[] {
  return [...new Set(vm.disks.flatMap(disk => disk.dataset ?? []))]
}

/** Nothing writes to its disks. */
export function isOff(vm: Pick<Vm, 'state'>): boolean {
  return vm.state === 'stopped' || vm.state === 'crashed'
}

/** What a snapshot of each zvol will carry about the guest that uses it. */
export async function notesByVolume(host: Host, vms: readonly Vm[]): Promise<Map<string, GuestNote>> {
  const notes = new Map<string, GuestNote>()
  const users = Map.groupBy(
    vms.flatMap(vm => vm.disks.flatMap(disk => (disk.dataset ? [{ vm, volume: disk.dataset }] : []))),
    each => each.volume,
  )
  for (const vm of vms) {
    // Of a volume that two guests have, nobody could say whose conf it is.
    const own = vm.disks.flatMap(disk =>
      users.get(disk.dataset ?? '')?.length === 1 ? (disk.dataset ?? []) : [],
    )
    if (own.length === 0) continue
    const conf = await confOf(host, vm)
    // Properties of snapshots, and the commands that set them, are read by more people than the file.
    const shown = conf === null ? null : withoutScreenPassword(conf)
    const note = { guest: vm.name, conf: shown, isOff: isOff(vm) }
    for (const volume of own) notes.set(volume, note)
  }
  return notes
}

/** The conf of then for the guest of today; null where it is another guest's, which had the volume at that time. */
function sameGuest(then: string | null, today: string): string | null {
  if (then === null) return null
  const uuid = (text: string): string => confValue(parseConf(text), 'uuid') ?? ''
  if (uuid(then) !== '' && uuid(today) !== '' && uuid(then) !== uuid(today)) return null
  // The change that snapshots carry no password is none.
  const whole = withScreenPasswordOf(today, then)
  return withoutScreenPassword(today) === then ? today : whole
}

async function guestFacts(
  { host }: PlanContext,
  room: GuestRoom,
  vms: readonly Vm[],
  datasets: readonly DatasetRow[],
  dataset: string,
  confOfThen: () => Promise<string | null>,
): Promise<GuestFacts[]> {
  const users = usersOf(vms, datasets, dataset)
  const then = users.length > 0 ? await confOfThen() : null
  return Promise.all(
    users.map(async vm => {
      // A conf on the dataset itself goes back with it: there is nothing to choose.
      const goesAlong = datasetOfPath(datasets, confPathOf(vm)) === dataset
      const today = goesAlong ? null : await confOf(host, vm)
      const carried = today === null || users.length > 1 ? null : sameGuest(then, today)
      return {
        vm,
        stopSteps: room.stopSteps(vm),
        startSteps: room.startSteps(vm),
        confPath: confPathOf(vm),
        confToday: today,
        confThen: carried,
        confDifferences: carried === null || today === null ? null : confDifferences(carried, today),
      }
    }),
  )
}

/** Facts of a dataset, its guests and its pool that every way asks for. AppError `not_found`. */
async function datasetFacts(
  context: PlanContext,
  room: GuestRoom,
  name: string,
  confOfThen: () => Promise<string | null>,
) {
  const { host, now } = context
  const datasets = (await readDatasets(host)).filter(each => poolOf(each.name) === poolOf(name))
  const dataset = datasets.find(each => each.name === name)
  if (!dataset) throw new AppError('not_found', `There is no dataset ${name}.`)
  const [snapshots, bookmarks, properties, pool, vms] = await Promise.all([
    listSnapshots(host, { datasets: [name] }),
    listBookmarks(host, name),
    getProperties(host, name),
    readPoolOf(context, name),
    freshVms(context),
  ])
  if (!pool) throw new AppError('not_found', `There is no pool ${poolOf(name)}.`)
  const guests = await guestFacts(context, room, vms, datasets, name, confOfThen)
  const users = new Set(guests.map(each => each.vm.name))
  const runningBelow = usersBelow(vms, datasets, name)
    .filter(vm => isRunning(vm) && !users.has(vm.name))
    .map(vm => vm.name)
  return { datasets, dataset, snapshots, bookmarks, properties, pool, vms, guests, runningBelow, now: now() }
}

/** What ZFS's dry run says destroying these snapshots of a dataset frees; null where something holds or clones one. */
async function freedBy(host: Host, dataset: string, snapshots: readonly Snapshot[]): Promise<number | null> {
  if (snapshots.length === 0) return 0
  if (snapshots.some(each => each.clones.length > 0)) return null
  const { reclaimBytes } = await destroyDryRun(host, { dataset, tags: snapshots.map(each => each.tag) })
  return reclaimBytes
}

/** AppError `not_found` when the snapshot or its dataset is gone. */
export async function readRollbackFacts(
  context: PlanContext,
  room: GuestRoom,
  snapshot: string,
): Promise<RollbackHostFacts> {
  const { host } = context
  const { dataset: name, tag } = splitSnapshot(snapshot)
  const facts = await datasetFacts(context, room, name, () => confThen(host, snapshot))
  const target = facts.snapshots.find(each => each.name === snapshot)
  if (!target) throw new AppError('not_found', `There is no snapshot ${snapshot}.`)
  const newer = newerThan(target, facts.snapshots)
  const held = newer.filter(each => each.holds > 0).map(each => each.name)
  const [holds, writtenBytes, freedBytes] = await Promise.all([
    listHolds(host, held),
    getWrittenSince(host, name, tag),
    freedBy(host, name, newer),
  ])
  return { ...facts, target, holds, writtenBytes, freedBytes }
}

/** Facts of both halves of a pair; `kept` is the name of the half that was kept. */
export async function readSwapFacts(
  context: PlanContext,
  room: GuestRoom,
  name: string,
  keptName: string,
): Promise<SwapFacts> {
  const conf = await carriedBy(context.host, KEPT_CONF, keptName)
  const facts = await datasetFacts(context, room, name, async () => conf)
  const kept = facts.datasets.find(each => each.name === keptName)
  if (!kept) throw new AppError('not_found', `There is no dataset ${keptName}.`)
  const between = new Set([keptName])
  for (let at: DatasetRow | undefined = kept; at?.origin; ) {
    const next: string = at.origin.split('@')[0] ?? ''
    if (next === name || between.has(next)) break
    between.add(next)
    at = facts.datasets.find(each => each.name === next)
  }
  const snapshots = await listSnapshots(context.host, { datasets: [...between] })
  const runningOnKept = usersBelow(facts.vms, facts.datasets, keptName)
    .filter(isRunning)
    .map(vm => vm.name)
  return {
    ...facts,
    holds: [],
    writtenBytes: 0,
    freedBytes: null,
    kept,
    carriesConf: conf !== null,
    snapshotsOf: Map.groupBy(snapshots, each => each.dataset),
    runningOnKept,
  }
}

/** No argument may be longer than this; beyond it runs of neighbours are named by their ends. */
const LONGEST_ARGUMENT = 100_000

/**
 * What destroying exactly these would free, by ZFS's own dry run, one for each dataset. Held and cloned ones cannot be
 * destroyed: they are told apart and left out.
 */
export async function readReclaim(host: Host, names: readonly string[]): Promise<Reclaim> {
  const snapshots = await listSnapshots(host, { snapshots: [...new Set(names)] })
  const isFree = (each: Snapshot): boolean => each.holds === 0 && each.clones.length === 0
  const perDataset = await Promise.all(
    [...Map.groupBy(snapshots.filter(isFree), each => each.dataset)].map(async ([dataset, group]) => {
      const tags = group.map(each => each.tag)
      const short = tags.join(',').length < LONGEST_ARGUMENT ? tags : await inRanges(host, dataset, tags)
      const { reclaimBytes } = await destroyDryRun(host, { dataset, tags: short })
      const aloneBytes = group.reduce((sum, each) => sum + each.usedBytes, 0)
      return { dataset, snapshots: group.length, freedBytes: reclaimBytes ?? 0, aloneBytes }
    }),
  )
  return {
    freedBytes: perDataset.reduce((sum, each) => sum + each.freedBytes, 0),
    aloneBytes: perDataset.reduce((sum, each) => sum + each.aloneBytes, 0),
    perDataset,
    blocked: snapshots.filter(each => !isFree(each)).map(each => each.name),
  }
}

/** `a%d` for neighbours in a row: the same selection, for a dry run only. zfs-destroy(8). */
async function inRanges(host: Host, dataset: string, tags: readonly string[]): Promise<string[]> {
  const wanted = new Set(tags)
  const all = await listSnapshots(host, { datasets: [dataset] })
  all.sort((a, b) => Number(BigInt(a.createtxg) - BigInt(b.createtxg)))
  const runs: string[][] = []
  let open = false
  for (const { tag } of all) {
    if (!wanted.has(tag)) open = false
    else if (open) runs.at(-1)?.push(tag)
    else {
      runs.push([tag])
      open = true
    }
  }
  return runs.map(run => (run.length === 1 ? (run[0] ?? '') : `${run[0]}%${run.at(-1)}`))
}
