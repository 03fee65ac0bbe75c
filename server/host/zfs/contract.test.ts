import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sandboxForTest, type TestHost } from '../sandbox/testing.ts'
import { followPoolEvents } from '../zpool/events.ts'
import { getPool, getPoolProperties, listPools, scrub } from '../zpool/list.ts'
import { getPoolStatus } from '../zpool/status.ts'
import { hold, promote, release, rename, rollback } from './change.ts'
import { clone, createFilesystem, createSnapshots, createVolume } from './create.ts'
import { destroy, destroyDryRun } from './destroy.ts'
import { getDataset, listDatasets } from './list.ts'
import { getProperties, getProperty, getWrittenSince, inheritProperty, setProperty } from './properties.ts'
import { listBookmarks, listHolds, listSnapshotIndex, listSnapshots } from './snapshots.ts'
import { zfsVersion } from './version.ts'

/** The tools against a machine that answers like a real one: what one says, another reads. */
describe('zfs and zpool on a machine', () => {
  let host: TestHost
  let pool = ''
  beforeAll(async () => {
    host = await sandboxForTest({ seed: 'small' })
    pool = (await listPools(host))[0]?.name ?? ''
  })
  afterAll(() => host.close())

  test('pools', async () => {
    expect((await getPool(host, pool)).health).toBe('ONLINE')
    expect((await getPoolStatus(host, pool)).vdevs.length).toBeGreaterThan(0)
    expect((await getPoolProperties(host, pool)).find(property => property.name === 'health')?.value).toBe(
      'ONLINE',
    )
    await expect(getPool(host, 'nosuch')).rejects.toMatchObject({ code: 'not_found' })
    await expect(scrub(host, pool, 'stop')).rejects.toMatchObject({ code: 'refused' })
    await scrub(host, pool, 'start')
    expect((await getPoolStatus(host, pool)).scan.kind).toBe('scrub')
    expect((await zfsVersion(host)).kernel).not.toBeNull()
  })

  test('a volume’s life: create, snapshot, hold, roll back, clone, promote, destroy', async () => {
    const dataset = `${pool}/contract`
    await createFilesystem(host, { dataset, options: [['compression', 'zstd']] })
    const volume = `${dataset}/disk 0`
    await createVolume(host, { dataset: volume, sizeBytes: 2 ** 24, sparse: true, volblocksizeBytes: 16384 })
    await expect(
      createVolume(host, { dataset: volume, sizeBytes: 2 ** 24, sparse: true }),
    ).rejects.toMatchObject({ code: 'exists' })
    expect(await getDataset(host, volume)).toMatchObject({
      type: 'volume',
      volsizeBytes: 2 ** 24,
      volblocksizeBytes: 16384,
    })
    expect((await listDatasets(host, { below: dataset })).map(each => each.name)).toEqual([dataset, volume])

    await setProperty(host, volume, 'org.example:note', 'one = two, -x')
    expect(await getProperty(host, 'org.example:note', volume)).toMatchObject({
      value: 'one = two, -x',
      source: 'local',
    })
    const properties = await getProperties(host, volume)
    expect(properties.find(property => property.name === 'org.example:note')?.value).toBe('one = two, -x')
    expect(properties.find(property => property.name === 'compression')).toMatchObject({
      value: 'zstd',
      source: 'inherited',
      inheritedFrom: dataset,
    })
    await inheritProperty(host, volume, 'org.example:note')
    expect(await getProperty(host, 'org.example:note', volume)).toBeNull()

    for (const tag of ['a', 'b', 'c']) await createSnapshots(host, { snapshots: [`${volume}@${tag}`] })
    expect(
      (await listSnapshotIndex(host, { datasets: [volume, `${dataset}/gone`] })).map(each => each.tag),
    ).toEqual(['a', 'b', 'c'])
    await hold(host, { snapshots: [`${volume}@b`], tag: '-keep it' })
    expect(await listHolds(host, [`${volume}@b`])).toMatchObject([{ tag: '-keep it' }])
    expect((await listSnapshots(host, { snapshots: [`${volume}@b`] }))[0]?.holds).toBe(1)
    await expect(destroy(host, { dataset: volume, tags: ['b', 'c'] })).rejects.toMatchObject({ code: 'held' })
    expect(await listSnapshots(host, { datasets: [volume] })).toHaveLength(3)
    await release(host, { snapshots: [`${volume}@b`], tag: '-keep it' })
    await expect(rollback(host, `${volume}@a`)).rejects.toMatchObject({
      code: 'newer_snapshots',
      detail: { names: [`${volume}@b`, `${volume}@c`] },
    })
    expect((await destroyDryRun(host, { dataset: volume, tags: ['b', 'c'] })).victims).toHaveLength(2)
    await destroy(host, { dataset: volume, tags: ['b', 'c'] })
    await rollback(host, `${volume}@a`)
    expect(await getWrittenSince(host, volume, 'a')).toBe(0)

    const copy = `${dataset}/copy`
    await clone(host, { snapshot: `${volume}@a`, target: copy })
    await expect(destroy(host, { dataset: volume, tags: ['a'] })).rejects.toMatchObject({
      code: 'has_clones',
    })
    await promote(host, copy)
    expect((await getDataset(host, volume)).origin).toBe(`${copy}@a`)
    await expect(promote(host, copy)).rejects.toMatchObject({ code: 'refused' })
    await rename(host, { from: volume, to: `${dataset}/disk1` })
    await expect(rename(host, { from: volume, to: `${dataset}/disk2` })).rejects.toMatchObject({
      code: 'not_found',
    })
    expect(await listBookmarks(host, copy)).toEqual([])
    await expect(destroy(host, { dataset, recursive: 'nothing else' })).rejects.toMatchObject({
      code: 'refused',
    })
    await destroy(host, { dataset, recursive: 'snapshots and children' })
    await expect(getDataset(host, dataset)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('what is done is on the event stream', async () => {
    const stop = new AbortController()
    const { events } = await followPoolEvents(host, stop.signal)
    const name = `${pool}@told`
    await createSnapshots(host, { snapshots: [name] })
    for await (const event of events) {
      if (event.verb !== 'snapshot' || event.dataset !== name) continue
      expect(event).toMatchObject({ pool, class: 'sysevent.fs.zfs.history_event' })
      break
    }
    stop.abort()
  })
})
