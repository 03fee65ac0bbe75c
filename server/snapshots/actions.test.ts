import { beforeEach, describe, expect, it } from 'vitest'
import * as datasetActions from '../datasets/actions.ts'
import { AppError } from '../errors.ts'
import { scrub } from '../pools/actions.ts'
import { rollbackAction, swapBackAction } from './actions.rollback.ts'
import { clone, create, destroy, hold, release } from './actions.ts'
import { readReclaim } from './facts.ts'
import { applied, guest, type StorageTest, storageTest } from './testing.ts'

let test: StorageTest

beforeEach(async () => {
  test = await storageTest()
  return () => test[Symbol.asyncDispose]()
})

const names = async (): Promise<string[]> =>
  (await test.sh('zfs list -H -o name -t all -r tank')).trim().split('\n')

const lines = (plan: { steps: { argv?: string[] }[] }): string[] =>
  plan.steps.map(each => each.argv?.join(' ') ?? '')

async function setUp(...commands: string[]): Promise<void> {
  for (const line of commands) await test.sh(line)
}

describe('snapshots', () => {
  it('of several datasets are one command, and a recursive one passes over what is below already', async () => {
    await setUp('zfs create tank/a', 'zfs create tank/a/b', 'zfs create tank/c')
    const plan = await applied(test, create, { datasets: ['tank/a', 'tank/c'], tag: 'one', recursive: false })
    expect(lines(plan)).toEqual(['zfs snapshot tank/a@one tank/c@one'])
    const all = await applied(test, create, { datasets: ['tank/a/b', 'tank/a'], tag: 'two', recursive: true })
    expect(lines(all)).toEqual(['zfs snapshot -r tank/a@two'])
    expect(await names()).toEqual(expect.arrayContaining(['tank/a@two', 'tank/a/b@two']))
    const again = await test.plan(create, { datasets: ['tank/c', 'tank/a'], tag: 'one', recursive: false })
    expect(again.refused).toMatchObject({ code: 'exists', detail: { field: 'tag' } })
    const odd = await test.plan(create, { datasets: ['tank/c'], tag: 'a/b', recursive: false })
    expect(odd.refused).toMatchObject({ code: 'invalid', detail: { field: 'tag' } })
  })

  it("of a guest's volume carry its conf, and a roll back tells what differs and can bring it back", async () => {
    await setUp('zfs create -V 8M tank/d1', 'zfs create -o mountpoint=/vm tank/vm', 'zfs create tank/vm/web1')
    test.vms.push(guest('web1', ['tank/d1']))
    const conf = '/vm/web1/web1.conf'
    await test.host.write(conf, 'memory=4G\ncpu=2\n')
    await applied(test, create, { datasets: ['tank/d1'], tag: 'before', recursive: false })
    await test.host.write(conf, 'memory=8G\ncpu=2\n')
    const rollback = rollbackAction(test.room)
    const word = { stop: true, start: true, conf: 'then' } as const
    const input = { snapshot: 'tank/d1@before', way: 'go-back', guest: word } as const
    const plan = await test.plan(rollback, input)
    expect(plan.facts).toMatchObject({
      guests: [{ name: 'web1', confDifferences: [{ key: 'memory', before: '4G', today: '8G' }] }],
    })
    await applied(test, rollback, input)
    expect(await test.host.read(conf)).toBe('memory=4G\ncpu=2\n')
    expect(test.asked).toEqual([])
  })

  it('are destroyed together in one command a dataset, with what exactly these free', async () => {
    await setUp('zfs create -V 8M tank/d1', 'zfs create tank/c')
    for (const tag of ['a', 'b', 'c']) {
      await test.host.run(['dd', 'of=/dev/zvol/tank/d1', 'bs=1m', 'count=1', 'conv=notrunc'], {
        stdin: tag.repeat(2 ** 20),
      })
      await setUp(`zfs snapshot tank/d1@${tag} tank/c@${tag}`)
    }
    const wanted = ['tank/d1@a', 'tank/d1@b', 'tank/c@a']
    const reclaim = await readReclaim(test.host, wanted)
    expect(reclaim.perDataset.map(each => each.dataset).sort()).toEqual(['tank/c', 'tank/d1'])
    expect(reclaim.freedBytes).toBeGreaterThanOrEqual(reclaim.aloneBytes)
    const plan = await applied(test, destroy, { snapshots: wanted })
    expect(lines(plan).sort()).toEqual(['zfs destroy tank/c@a', 'zfs destroy tank/d1@a,b'])
    expect(plan.freedBytes).toBe(reclaim.freedBytes)
    expect(await names()).toEqual(['tank', 'tank/c', 'tank/c@b', 'tank/c@c', 'tank/d1', 'tank/d1@c'])
  })

  it('that are held or cloned are told before, and left out of the reclaim figure', async () => {
    await setUp(
      'zfs create tank/c',
      'zfs snapshot tank/c@a',
      'zfs snapshot tank/c@b',
      'zfs clone tank/c@b tank/d',
    )
    await applied(test, hold, { snapshots: ['tank/c@a'], tag: '-my hold' })
    expect((await test.plan(hold, { snapshots: ['tank/c@a'], tag: '-my hold' })).refused?.code).toBe('exists')
    const all = ['tank/c@a', 'tank/c@b']
    expect((await test.plan(destroy, { snapshots: all })).refused).toMatchObject({ code: 'held' })
    expect((await readReclaim(test.host, all)).blocked).toEqual(all)
    await applied(test, release, { snapshots: all, tag: '-my hold' })
    expect((await test.plan(destroy, { snapshots: all })).refused?.message).toBe(
      'tank/c@b has a clone, tank/d. Promote the clone first, or destroy it.',
    )
    expect((await test.plan(destroy, { snapshots: ['tank/c@nix'] })).refused?.code).toBe('not_found')
  })

  it('never destroy one of the same name that was taken anew', async () => {
    await setUp('zfs create tank/c', 'zfs snapshot tank/c@a')
    const before = await test.plan(destroy, { snapshots: ['tank/c@a'] })
    await setUp('zfs destroy tank/c@a', 'zfs snapshot tank/c@a')
    expect((await test.plan(destroy, { snapshots: ['tank/c@a'] })).digest).not.toBe(before.digest)
  })

  it('are cloned, and the clone is promoted and destroyed', async () => {
    await setUp('zfs create tank/c', 'zfs snapshot tank/c@a')
    await applied(test, clone, { snapshot: 'tank/c@a', target: 'tank/d' })
    expect((await test.plan(datasetActions.destroy, { dataset: 'tank/c' })).refused?.code).toBe('has_clones')
    await applied(test, datasetActions.promote, { dataset: 'tank/d' })
    await applied(test, datasetActions.destroy, { dataset: 'tank/c' })
    expect(await names()).toEqual(['tank', 'tank/d', 'tank/d@a'])
    await applied(test, datasetActions.destroy, { dataset: 'tank/d' })
    expect(await names()).toEqual(['tank'])
  })
})

describe('datasets and pools', () => {
  it('are made, set, inherited and renamed as shown', async () => {
    await applied(test, datasetActions.createFilesystem, { dataset: 'tank/a', compression: 'zstd' })
    await applied(test, datasetActions.createVolume, {
      dataset: 'tank/a/v',
      sizeBytes: 2 ** 23,
      sparse: false,
    })
    await applied(test, datasetActions.setProperty, { dataset: 'tank/a', name: 'quota', value: '1.5G' })
    expect(await test.sh('zfs get -Hp -o value quota,compression tank/a')).toBe('1610612736\nzstd\n')
    await applied(test, datasetActions.inheritProperty, { dataset: 'tank/a', name: 'compression' })
    expect(await test.sh('zfs get -Hp -o value compression tank/a')).toBe('lz4\n')
    await applied(test, datasetActions.rename, { dataset: 'tank/a', to: 'tank/b' })
    expect(await names()).toEqual(['tank', 'tank/b', 'tank/b/v'])
  })

  it('tell how far a destroy came that stopped on the way', async () => {
    await setUp('zfs create tank/a', 'zfs create tank/a/b', 'zfs snapshot tank/a@x')
    await test.host.run(['fault', 'add', 'zfs', 'destroy', 'tank/a', '--', 'exit', '1', 'no', 'once'])
    const error = await applied(test, datasetActions.destroy, { dataset: 'tank/a' }).catch(
      (caught: unknown) => caught,
    )
    if (!(error instanceof AppError)) throw new Error('It should have failed.')
    expect(error.message).toContain(
      'Done before that: destroy filesystem tank/a/b; destroy 1 snapshot of tank/a.',
    )
    expect(await names()).toEqual(['tank', 'tank/a'])
  })

  it('settle by what the host shows', async () => {
    const plan = await test.plan(datasetActions.createFilesystem, { dataset: 'tank/a' })
    expect(await datasetActions.createFilesystem.settle(test.context, plan, [])).toMatchObject({
      state: 'interrupted',
    })
    await setUp('zfs create tank/a')
    expect(await datasetActions.createFilesystem.settle(test.context, plan, [])).toMatchObject({
      state: 'done',
    })
    const gone = await test.plan(datasetActions.destroy, { dataset: 'tank/a' })
    await setUp('zfs destroy tank/a')
    expect(await datasetActions.destroy.settle(test.context, gone, [])).toMatchObject({ state: 'done' })
  })

  it('scrub with the very words of zpool', async () => {
    const plan = await applied(test, scrub, { pool: 'tank', verb: 'start' })
    expect(lines(plan)).toEqual(['zpool scrub tank'])
  })
})

describe('a filesystem that goes back and keeps', () => {
  it('leaves its mount point to the older state, keeps its children in place, and swaps back', async () => {
    await setUp(
      'zfs create -o mountpoint=/srv/data tank/data',
      'zfs create tank/data/child',
      'zfs snapshot tank/data@a',
    )
    await test.host.write('/srv/data/file', 'newer')
    await setUp('zfs snapshot tank/data@b')
    const rollback = rollbackAction(test.room)
    const plan = await applied(test, rollback, { snapshot: 'tank/data@a', way: 'keep' })
    const kept = 'tank/data.before-2026-11-22'
    expect(lines(plan)).toEqual([
      `zfs rename tank/data ${kept}`,
      `zfs set mountpoint=/srv/data.before-2026-11-22 ${kept}`,
      `zfs clone -o mountpoint=/srv/data ${kept}@a tank/data`,
      'zfs promote tank/data',
      `zfs rename ${kept}/child tank/data/child`,
      `zfs set skep:kept-from=tank/data ${kept}`,
    ])
    expect(await test.host.stat('/srv/data/file')).toBeNull()
    expect(await test.host.read('/srv/data.before-2026-11-22/file')).toBe('newer')
    await applied(test, swapBackAction(test.room), { dataset: kept })
    expect(await test.host.read('/srv/data/file')).toBe('newer')
    expect(await names()).toEqual([
      'tank',
      'tank/data',
      'tank/data@a',
      'tank/data@b',
      'tank/data.after-2026-11-22',
      'tank/data/child',
    ])
  })

  it('is put back as it was, mount point and all, when the clone fails', async () => {
    await setUp('zfs create -o mountpoint=/srv/data tank/data', 'zfs snapshot tank/data@a')
    await test.host.write('/srv/data/file', 'newer')
    await test.host.run(['fault', 'add', 'zfs', 'clone', '--', 'exit', '1', 'no', 'once'])
    const work = applied(test, rollbackAction(test.room), { snapshot: 'tank/data@a', way: 'keep' })
    await expect(work).rejects.toMatchObject({ message: expect.stringContaining('tank/data is as it was.') })
    expect(await test.host.read('/srv/data/file')).toBe('newer')
    expect(await names()).toEqual(['tank', 'tank/data', 'tank/data@a'])
  })

  it('swaps back the older of two kept states', async () => {
    await setUp('zfs create tank/d')
    for (const tag of ['a', 'b', 'c']) {
      await test.host.write('/tank/d/file', tag)
      await setUp(`zfs snapshot tank/d@${tag}`)
    }
    await test.host.write('/tank/d/file', 'now')
    const rollback = rollbackAction(test.room)
    await applied(test, rollback, { snapshot: 'tank/d@b', way: 'keep', keepAs: 'tank/d.first' })
    await applied(test, rollback, { snapshot: 'tank/d@a', way: 'keep', keepAs: 'tank/d.second' })
    expect(await test.host.read('/tank/d/file')).toBe('a')
    const swap = swapBackAction(test.room)
    expect((await test.plan(swap, { dataset: 'tank/d' })).refused?.message).toContain('several kept states')
    const plan = await applied(test, swap, { dataset: 'tank/d.first' })
    expect(lines(plan).filter(line => line === 'zfs promote tank/d')).toHaveLength(2)
    expect(await test.host.read('/tank/d/file')).toBe('now')
    expect(await test.sh('zfs list -H -o origin tank/d')).toBe('-\n')
  })
})
