/** Rolling all disks of a guest back together: whole, or told truly. */
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../errors.ts'
import { failureOf } from '../testing.ts'
import { rollbackGuestAction } from './actions.group.ts'
import { create } from './actions.ts'
import { readGroups } from './facts.ts'
import { groupSnapshots } from './groups.ts'
import type { RollbackGuestInput } from './input.ts'
import type { Snapshot } from './model.ts'
import { applied, commandDone, guest, type StorageTest, storageTest } from './testing.ts'

const DISKS = ['tank/d0', 'tank/d1'] as const
const WORD = { stop: true, start: true, conf: 'today' } as const
const INPUT: RollbackGuestInput = { vm: 'web1', tag: 'a', guest: WORD }

let test: StorageTest

beforeEach(async () => {
  test = await storageTest()
  for (const disk of DISKS) await test.sh(`zfs create -s -V 16M ${disk}`)
  await write('then')
  await test.sh('zfs snapshot tank/d0@a tank/d1@a')
  await write('between')
  await test.sh('zfs snapshot tank/d0@b tank/d1@b')
  await test.sh('zfs bookmark tank/d1@b tank/d1#mark')
  await write('now')
  test.vms.push(guest('web1', DISKS))
  return () => test[Symbol.asyncDispose]()
})

async function write(text: string): Promise<void> {
  for (const disk of DISKS) {
    const argv = ['dd', `of=/dev/zvol/${disk}`, 'bs=512', 'count=1', 'conv=notrunc']
    await test.host.run(argv, { stdin: text.padEnd(512, '.') })
  }
}

/** What each disk begins with. */
async function bytes(): Promise<string[]> {
  const all: string[] = []
  for (const disk of DISKS) {
    const { stdout } = await test.host.run(['dd', `if=/dev/zvol/${disk}`, 'bs=512', 'count=1'])
    all.push(stdout.replace(/\.*$/, ''))
  }
  return all
}

const state = () => test.sh('zfs list -Hp -r -t all -o name,guid,createtxg tank')

function running(): void {
  Object.assign(test.vms[0] ?? {}, { state: 'running', pid: 4242 })
}

/** The plan's commands fail from the one that begins with these words on, `before` it reaches the host. */
function failing(...words: string[]): void {
  test.beforeRun(async argv => {
    if (words.every((word, at) => argv[at] === word)) throw new AppError('failed', 'The disk says no.')
  })
}

describe('the plan', () => {
  it('destroys what is newer on every disk before the first one goes back', async () => {
    const plan = await test.plan(rollbackGuestAction(test.room), INPUT)
    expect(plan.steps.map(each => each.argv?.join(' '))).toEqual([
      'zfs destroy tank/d0@b',
      'zfs destroy tank/d1@b',
      'zfs destroy tank/d1#mark',
      'zfs rollback tank/d0@a',
      'zfs rollback tank/d1@a',
    ])
    expect(plan.victims.map(each => `${each.kind} ${each.name}`)).toEqual([
      'snapshot tank/d0@b',
      'data tank/d0',
      'snapshot tank/d1@b',
      'bookmark tank/d1#mark',
      'data tank/d1',
    ])
    expect(plan.locks).toEqual(['dataset:tank/d0', 'vm:web1', 'dataset:tank/d1'])
    expect(plan.warnings.join(' ')).not.toMatch(/taken together|several pools/)
  })

  it('is refused by what blocks any one disk, all blockers named, before the first command', async () => {
    await test.sh('zfs hold backup tank/d1@b')
    const before = await state()
    const { refused } = await test.plan(rollbackGuestAction(test.room), INPUT)
    expect(refused).toMatchObject({ code: 'held' })
    expect(refused?.message).toContain('tank/d1@b is newer and held by “backup”')
    await test.sh('zfs clone tank/d0@b tank/c')
    const both = await test.plan(rollbackGuestAction(test.room), INPUT)
    expect(both.refused?.message).toContain('tank/d0@b has a clone, tank/c')
    expect(both.refused?.message).toContain('tank/d1@b is newer and held')
    expect(both.steps).toEqual([])
    await test.sh('zfs destroy tank/c')
    expect(await state()).toBe(before)
  })

  it('is refused where a disk has lost its snapshot', async () => {
    await test.sh('zfs destroy tank/d1@a')
    const { refused } = await test.plan(rollbackGuestAction(test.room), INPUT)
    expect(refused).toMatchObject({ code: 'not_found', detail: { names: ['tank/d1'] } })
  })

  it('says when the snapshots were not taken together', async () => {
    await test.sh('zfs destroy tank/d1@a')
    await test.sh('zfs destroy tank/d1#mark')
    await test.sh('zfs snapshot tank/d1@a')
    const plan = await test.plan(rollbackGuestAction(test.room), INPUT)
    expect(plan.warnings.join(' ')).toContain('not taken together')
  })

  it('is none where there is no such guest or snapshot', async () => {
    const action = rollbackGuestAction(test.room)
    expect((await test.plan(action, { ...INPUT, vm: 'nobody' })).refused).toMatchObject({ code: 'not_found' })
    expect((await test.plan(action, { ...INPUT, tag: 'never' })).refused).toMatchObject({ code: 'not_found' })
  })
})

describe('going back', () => {
  it('brings both disks back under a guest that is stopped and started', async () => {
    running()
    await applied(test, rollbackGuestAction(test.room), INPUT)
    expect(await bytes()).toEqual(['then', 'then'])
    expect(test.asked).toEqual(['stop web1', 'start web1'])
    expect(await test.sh('zfs list -H -t all -o name -r tank')).not.toMatch(/@b|#mark/)
  })

  it('does nothing when a snapshot was taken of one disk while the guest shut down', async () => {
    running()
    const slow = {
      ...test.room,
      stop: async (...asked: Parameters<typeof test.room.stop>) => {
        await test.room.stop(...asked)
        await test.sh('zfs snapshot tank/d1@sneaked')
      },
    }
    const error = await failureOf(applied(test, rollbackGuestAction(slow), INPUT))
    expect(error.code).toBe('changed')
    expect(await bytes()).toEqual(['now', 'now'])
    expect(await state()).toContain('tank/d1@sneaked')
    expect(test.asked).toEqual(['stop web1', 'start web1'])
  })

  it('stops before a disk on which something newer came in between, and does not start half a guest', async () => {
    running()
    const plan = rollbackGuestAction(test.room)
    test.beforeRun(async argv => {
      if (argv.join(' ') === 'zfs rollback tank/d1@a') await test.sh('zfs snapshot tank/d1@sneaked')
    })
    const error = await failureOf(applied(test, plan, INPUT))
    expect(error.message).toMatch(/tank\/d0 went back\. tank\/d1 did not\./)
    expect(error.message).toMatch(/web1 is shut down, and not started: its disks are of two moments\./)
    expect(await bytes()).toEqual(['then', 'now'])
    expect(test.asked).toEqual(['stop web1'])
    expect(await state()).toContain('tank/d1@sneaked')
  })

  it.each([
    ['zfs destroy tank/d0@b', ['now', 'now'], 'Nothing was destroyed.'],
    ['zfs destroy tank/d1@b', ['now', 'now'], '1 of 3 newer ones were destroyed.'],
    ['zfs destroy tank/d1#mark', ['now', 'now'], '2 of 3 newer ones were destroyed.'],
    ['zfs rollback tank/d0@a', ['now', 'now'], 'No disk went back'],
    ['zfs rollback tank/d1@a', ['then', 'now'], 'tank/d0 went back. tank/d1 did not.'],
  ])('says the truth when %s fails', async (command, holds, words) => {
    running()
    failing(...command.split(' '))
    const error = await failureOf(applied(test, rollbackGuestAction(test.room), INPUT))
    expect(error.message).toContain(words)
    expect(await bytes()).toEqual(holds)
    // Whole disks may run on; disks of two moments may not.
    const isWhole = new Set(holds).size === 1
    expect(test.asked).toEqual(isWhole ? ['stop web1', 'start web1'] : ['stop web1'])
    test.beforeRun(null)
    await applied(test, rollbackGuestAction(test.room), INPUT)
    expect(await bytes()).toEqual(['then', 'then'])
  })
})

describe('settling', () => {
  const ROLLBACKS = DISKS.map(disk => ['zfs', 'rollback', `${disk}@a`])

  it('tells which disks went back, from the host and what was recorded', async () => {
    const action = rollbackGuestAction(test.room)
    const plan = await test.plan(action, INPUT)
    const settled = (...exits: (number | null)[]) =>
      action.settle(
        test.context,
        plan,
        exits.map((exit, index) => commandDone(ROLLBACKS[index] ?? [], exit)),
      )
    expect(await settled()).toMatchObject({
      state: 'interrupted',
      outcome: expect.stringContaining('nothing was destroyed, and no disk went back'),
    })
    await test.sh('zfs destroy tank/d0@b')
    expect((await settled()).outcome).toContain('1 of 3 newer ones were destroyed')
    await test.sh('zfs destroy tank/d1@b')
    await test.sh('zfs destroy tank/d1#mark')
    expect((await settled()).outcome).toContain('no disk went back: they hold what they held')
    await test.sh('zfs rollback tank/d0@a')
    // Whether its end was heard or not, the pool's own history tells.
    for (const exit of [0, null]) {
      expect(await settled(exit)).toMatchObject({
        state: 'interrupted',
        outcome: expect.stringContaining('tank/d0 went back; tank/d1 did not. Its disks are of two moments'),
      })
    }
    await test.sh('zfs rollback tank/d1@a')
    expect(await settled(0, null)).toMatchObject({ state: 'done' })
  })
})

describe('groups', () => {
  it('say whether the guest was off, and nothing of snapshots by others', async () => {
    await applied(test, create, { datasets: [...DISKS], tag: 'complete', recursive: false })
    running()
    await applied(test, create, { datasets: [...DISKS], tag: 'crash', recursive: false })
    const { value } = await readGroups(test.context, 'web1')
    const told = new Map(value.map(each => [each.tag, { off: each.isOff, moment: each.moment }]))
    expect(Object.fromEntries(told)).toEqual({
      a: { off: false, moment: 'one' },
      b: { off: false, moment: 'one' },
      complete: { off: true, moment: 'one' },
      crash: { off: false, moment: 'one' },
    })
  })

  it('a guest that starts while its snapshot is taken is not called off', async () => {
    test.beforeRun(async argv => {
      if (argv[1] === 'snapshot') running()
    })
    await applied(test, create, { datasets: [...DISKS], tag: 'late', recursive: false })
    const { value } = await readGroups(test.context, 'web1')
    expect(value.find(each => each.tag === 'late')).toMatchObject({ isOff: false })
    expect(await test.sh('zfs get -H -o value skep:guest tank/d0@late')).toBe('-\n')
  })

  const snapshot = (dataset: string, tag: string, createtxg: number, createdAt: number): Snapshot => ({
    name: `${dataset}@${tag}`,
    dataset,
    tag,
    guid: `${dataset}${tag}`,
    createtxg: String(createtxg),
    createdAt,
    usedBytes: 0,
    referencedBytes: 0,
    holds: 0,
    clones: [],
  })

  it('are of one moment only where each pool has one txg', () => {
    const volumes = ['p/a', 'p/b', 'q/c']
    const moment = (txgs: readonly [number, number, number | null], at = 0) =>
      groupSnapshots(
        volumes,
        volumes.flatMap((volume, index) => {
          const txg = txgs[index]
          return typeof txg === 'number' ? [snapshot(volume, 't', txg, index === 2 ? at : 0)] : []
        }),
      )[0]
    expect(moment([7, 7, null])).toMatchObject({ moment: 'one', missing: ['q/c'] })
    expect(moment([7, 8, null])?.moment).toBe('apart')
    expect(moment([7, 7, 90])).toMatchObject({ moment: 'pools', missing: [] })
    expect(moment([7, 7, 90], 11_000)?.moment).toBe('apart')
  })

  it('hold every snapshot of the zvols once, and nothing of others', () => {
    const volumes = ['p/a', 'p/b']
    const some = fc.uniqueArray(
      fc.tuple(fc.constantFrom('p/a', 'p/b', 'p/c'), fc.constantFrom('x', 'y', 'z')),
      {
        selector: pair => pair.join('@'),
      },
    )
    fc.assert(
      fc.property(some, pairs => {
        const all = pairs.map(([dataset, tag], index) => snapshot(dataset, tag, index, index * 1000))
        const groups = groupSnapshots(volumes, all)
        const held = groups.flatMap(each => each.members.map(member => member.name)).sort()
        expect(held).toEqual(
          all
            .filter(each => each.dataset !== 'p/c')
            .map(each => each.name)
            .sort(),
        )
        for (const { members, missing, tag } of groups) {
          expect(members.every(each => each.tag === tag)).toBe(true)
          expect([...members.map(each => each.dataset), ...missing].sort()).toEqual(volumes)
        }
      }),
    )
  })
})
