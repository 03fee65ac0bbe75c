/** What Skep asks in a story: its own tools, by short names. What they return are the facts a story speaks of. */
import type { Host } from '../host.ts'
import { destroyDryRun } from '../zfs/destroy.ts'
import { getDataset, listDatasets } from '../zfs/list.ts'
import { getProperties, getProperty, getWrittenSince, listUserProperty } from '../zfs/properties.ts'
import { listBookmarks, listHolds, listSnapshotIndex, listSnapshots } from '../zfs/snapshots.ts'
import { parsePoolEvents, poolEventsArgv } from '../zpool/events.ts'
import { wasRolledBackAfter } from '../zpool/history.ts'
import { getPool, getPoolProperties } from '../zpool/list.ts'
import { getPoolStatus } from '../zpool/status.ts'

type Question = (host: Host, words: string[]) => Promise<unknown>

/** One property of each by its name, so that a story can say `compression.value=zstd`. */
function byName(properties: readonly { name: string }[]): object {
  return Object.fromEntries(properties.map(each => [each.name, each]))
}

function namesOf(words: readonly string[]) {
  const isSnapshots = words[0]?.includes('@') === true
  return isSnapshots ? { snapshots: words } : { datasets: words }
}

export const QUESTIONS: Record<string, Question> = {
  dataset: (host, [name = '']) => getDataset(host, name),
  datasets: (host, [below = '']) => listDatasets(host, { below }),
  snapshots: (host, words) => listSnapshots(host, namesOf(words)),
  index: (host, words) => listSnapshotIndex(host, namesOf(words)),
  bookmarks: (host, [name = '']) => listBookmarks(host, name),
  holds: (host, words) => listHolds(host, words),
  properties: async (host, [name = '']) => byName(await getProperties(host, name)),
  property: (host, [property = '', name = '']) => getProperty(host, property, name),
  written: async (host, [dataset = '', tag = '']) => ({ bytes: await getWrittenSince(host, dataset, tag) }),
  having: async (host, [property = '']) => Object.fromEntries(await listUserProperty(host, property)),
  doomed: (host, [target = '', recursive]) => {
    const [dataset = '', tags] = target.split('@')
    if (tags !== undefined) return destroyDryRun(host, { dataset, tags: tags.split(',') })
    return destroyDryRun(host, {
      dataset,
      recursive:
        recursive === '-R' ? 'clones too' : recursive === '-r' ? 'snapshots and children' : 'nothing else',
    })
  },
  pool: (host, [pool = '']) => getPool(host, pool),
  'pool-properties': async (host, [pool = '']) => byName(await getPoolProperties(host, pool)),
  status: (host, [pool = '']) => getPoolStatus(host, pool),
  events: async (host, [pool = '']) => {
    const { stdout } = await host.run([...poolEventsArgv({ follow: false }), pool])
    return parsePoolEvents(stdout).filter(event => event.verb !== null)
  },
  'rolled-back': async (host, [dataset = '', ...destroyed]) => ({
    told: await wasRolledBackAfter(host, dataset, destroyed),
  }),
}
