import { type DatasetRow, KEPT_FROM } from '../datasets/model.ts'
import { AppError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { uname } from '../host/uname.ts'
import { listDatasets } from '../host/zfs/list.ts'
import { getProperties, listUserProperty } from '../host/zfs/properties.ts'
import { listBookmarks, listHolds, listSnapshotIndex, listSnapshots } from '../host/zfs/snapshots.ts'
import { followPoolEvents, parsePoolEvents, poolEventsArgv } from '../host/zpool/events.ts'
import { getPool, getPoolProperties, listPools } from '../host/zpool/list.ts'
import { getPoolStatus } from '../host/zpool/status.ts'
import type { ImageState } from '../images/model.ts'
import type { NetworkState } from '../networks/model.ts'
import type { PoolDetail, Property } from '../pools/model.ts'
import type { HostFacts } from '../system/model.ts'
import type { Vm } from '../vms/model.ts'
import { HEARTBEAT_DEADLINE_MS } from './heartbeat.ts'
import type { HostReader } from './hostReader.ts'
import type { FiguresOf } from './snapshotIndex.ts'
import type { EventSource } from './stream.ts'

/** What other nouns know to read: the inventory imports host tools only. */
export type NounReaders = {
  vms: () => Promise<Vm[]>
  /** See `HostReader.vmMarks`. */
  vmMarks?: () => Promise<ReadonlyMap<string, string>>
  /** Left out where nobody asks for it. */
  networks?: () => Promise<NetworkState>
  images?: () => Promise<ImageState>
  facts: () => Promise<HostFacts>
}

/** The inventory's questions, asked with the host's own programs. */
export function createReader(host: Host, nouns: NounReaders): HostReader {
  return {
    pools: () => listPools(host),
    pool: name => readPool(host, name),
    datasets: () => readDatasets(host),
    properties: dataset => getProperties(host, dataset),
    bookmarks: dataset => listBookmarks(host, dataset),
    holds: snapshot => listHolds(host, [snapshot]),
    snapshots: {
      async rows(datasets) {
        const rows = await listSnapshotIndex(host, datasets === null ? 'all' : { datasets })
        return Map.groupBy(rows, row => row.dataset)
      },
      async figures(of) {
        const rows = await listSnapshots(host, snapshotsOf(of))
        return new Map(rows.map(row => [row.name, row]))
      },
    },
    events: eventSource(host),
    async heartbeat() {
      await uname(host, { timeoutMs: HEARTBEAT_DEADLINE_MS })
    },
    networks: () => Promise.reject(new AppError('unsupported', 'Nobody reads the networks here.')),
    images: () => Promise.reject(new AppError('unsupported', 'Nobody reads the images here.')),
    ...nouns,
  }
}

function snapshotsOf(of: FiguresOf): Parameters<typeof listSnapshots>[1] {
  if (of === 'all') return 'all'
  return 'names' in of ? { snapshots: of.names } : { datasets: [of.dataset] }
}

/** The list and, in a question of its own, which datasets keep an earlier state: user properties break rows. */
export async function readDatasets(host: Host): Promise<DatasetRow[]> {
  const [rows, kept] = await Promise.all([listDatasets(host), listUserProperty(host, KEPT_FROM)])
  return rows.map(row => ({ ...row, keptFrom: kept.get(row.name) ?? null }))
}

export async function readPool(host: Host, name: string): Promise<PoolDetail> {
  const [row, status, all] = await Promise.all([
    getPool(host, name),
    getPoolStatus(host, name),
    getPoolProperties(host, name),
  ])
  const features = all.filter(each => each.name.startsWith('feature@'))
  const properties = all
    .filter(each => !each.name.startsWith('feature@'))
    .map((each): Property => ({ ...each, inheritedFrom: null, received: null }))
  return {
    ...row,
    vdevs: status.vdevs,
    scan: status.scan,
    statusText: status.statusText,
    actionText: status.actionText,
    messageId: status.messageId,
    errorsText: status.errorsText,
    features: Object.fromEntries(features.map(each => [each.name, each.value])),
    properties,
  }
}

function eventSource(host: Host): EventSource {
  return {
    async newestEid() {
      const { stdout } = await host.run(poolEventsArgv({ follow: false }))
      return parsePoolEvents(stdout).at(-1)?.eid ?? 0
    },
    async open() {
      const { events, done, kill } = await followPoolEvents(host)
      const ended = done.then(({ exit, stderr }) => stderr.trim() || `“zpool events” ended with ${exit}.`)
      return { events, ended, kill }
    },
  }
}
