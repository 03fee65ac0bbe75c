/** What may come in between: everything that was shown is looked at again right before it is touched. */
import { beforeEach, describe, expect, it } from 'vitest'
import { destroy as destroyDataset } from '../datasets/actions.ts'
import { AppError } from '../errors.ts'
import { createLocks } from '../tasks/locks.ts'
import { failureOf } from '../testing.ts'
import { rollbackAction, swapBackAction } from './actions.rollback.ts'
import { create, destroy } from './actions.ts'
import type { RollbackInput } from './input.ts'
import { applied, commandDone, guest, type StorageTest, storageTest } from './testing.ts'

let test: StorageTest

beforeEach(async () => {
  test = await storageTest()
  return () => test[Symbol.asyncDispose]()
})

const STOP_AND_START = { stop: true, start: true, conf: 'today' } as const

async function write(text: string, volume = 'tank/d1'): Promise<void> {
  const argv = ['dd', `of=/dev/zvol/${volume}`, 'bs=512', 'count=1', 'conv=notrunc']
  await test.host.run(argv, { stdin: text.padEnd(512, '.') })
}

async function bytes(volume = 'tank/d1'): Promise<string> {
  const { stdout } = await test.host.run(['dd', `if=/dev/zvol/${volume}`, 'bs=512', 'count=1'])
  return stdout.replace(/\.*$/, '')
}

const everything = () => test.sh('zfs list -Hp -r -t all -o name,guid tank')

/** "one" at @a, "two" at @b, then "now". */
async function volumeWithPast(name = 'tank/d1'): Promise<void> {
  await test.sh(`zfs create -V 64M ${name}`)
  for (const [text, tag] of [
    ['one', 'a'],
    ['two', 'b'],
  ] as const) {
    await write(text, name)
    await test.sh(`zfs snapshot ${name}@${tag}`)
  }
  await write('now', name)
}

const to = (tag: string, more: Partial<RollbackInput> = {}): RollbackInput => ({
  snapshot: `tank/d1@${tag}`,
  way: 'go-back',
  ...more,
})

describe('the same name, another thing', () => {
  it.each(['go-back', 'keep'] as const)('a target taken anew is another plan (%s)', async way => {
    await volumeWithPast()
    const rollback = rollbackAction(test.room)
    const before = await test.plan(rollback, to('b', { way }))
    await test.sh('zfs destroy tank/d1@b')
    await test.sh('zfs snapshot tank/d1@b')
    expect((await test.plan(rollback, to('b', { way }))).digest).not.toBe(before.digest)
  })

  it('a snapshot made anew while another one was destroyed stays', async () => {
    await volumeWithPast('tank/d1')
    await volumeWithPast('tank/d2')
    test.beforeRun(async argv => {
      if (argv.at(-1) !== 'tank/d1@a') return
      await test.sh('zfs destroy tank/d2@a')
      await test.sh('zfs snapshot tank/d2@a')
    })
    const error = await failureOf(applied(test, destroy, { snapshots: ['tank/d1@a', 'tank/d2@a'] }))
    expect(error).toMatchObject({ code: 'changed', detail: { names: ['tank/d2@a'] } })
    expect(error.message).toContain('Done before that')
    expect(await everything()).toContain('tank/d2@a\t')
  })

  it('a dataset made anew in the middle of a destroy stays', async () => {
    await test.sh('zfs create tank/top')
    await test.sh('zfs create -V 8M tank/top/one')
    await test.sh('zfs create -V 8M tank/top/two')
    const plan = await test.plan(destroyDataset, { dataset: 'tank/top' })
    const [first, second] = plan.steps.map(each => each.argv?.at(-1) ?? '')
    test.beforeRun(async argv => {
      if (argv.at(-1) !== first) return
      await test.sh(`zfs destroy ${second}`)
      await test.sh(`zfs create -V 8M ${second}`)
    })
    expect(await failureOf(destroyDataset.run(test.context, plan, { dataset: 'tank/top' }))).toMatchObject({
      code: 'changed',
    })
    expect(await everything()).toContain(`${second}\t`)
  })

  it('nothing newer dies for a target that went away while the guest shut down', async () => {
    await volumeWithPast()
    test.vms.push(guest('web1', ['tank/d1'], 'running'))
    const stop = test.room.stop
    const room = {
      ...test.room,
      stop: async (...given: Parameters<typeof stop>) => {
        await stop(...given)
        await test.sh('zfs destroy tank/d1@a')
      },
    }
    const error = await failureOf(applied(test, rollbackAction(room), to('a', { guest: STOP_AND_START })))
    expect(error.message).toContain('web1 is running again')
    expect(await everything()).toContain('tank/d1@b\t')
    expect(await bytes()).toBe('now')
  })

  it('a keep gives back only what it has moved', async () => {
    await volumeWithPast()
    const rollback = rollbackAction(test.room)
    const keepAs = 'tank/kept'
    test.beforeRun(async argv => {
      if (argv[1] !== 'rename') return
      test.beforeRun(null)
      await test.sh('zfs rename tank/d1 tank/elsewhere')
      await test.sh('zfs create -V 8M tank/kept')
    })
    await failureOf(applied(test, rollback, to('a', { way: 'keep', keepAs })))
    const now = await everything()
    expect(now).toContain('tank/kept\t')
    expect(now).toContain('tank/elsewhere\t')
    expect(now).not.toContain('tank/d1\t')
  })
})

describe('a guest started by hand', () => {
  it.each(['go-back', 'keep'] as const)('after it was shut down: nothing is done (%s)', async way => {
    await volumeWithPast()
    test.vms.push(guest('web1', ['tank/d1'], 'running'))
    const before = await everything()
    const stop = test.room.stop
    const room = {
      ...test.room,
      stop: async (...given: Parameters<typeof stop>) => {
        await stop(...given)
        Object.assign(test.vms[0] ?? {}, { state: 'running', pid: 77 })
      },
    }
    const error = await failureOf(
      applied(test, rollbackAction(room), to('a', { way, guest: STOP_AND_START })),
    )
    expect(error.code).toBe('in_use')
    expect(await everything()).toBe(before)
    expect(await bytes()).toBe('now')
  })

  it('between destroying and rolling back: its disk is not taken from under it', async () => {
    await volumeWithPast()
    test.vms.push(guest('web1', ['tank/d1'], 'stopped'))
    test.beforeRun(async argv => {
      if (argv[1] === 'destroy') Object.assign(test.vms[0] ?? {}, { state: 'running', pid: 77 })
    })
    const error = await failureOf(applied(test, rollbackAction(test.room), to('a')))
    expect(error.code).toBe('in_use')
    expect(error.message).toContain('destroyed')
    expect(await bytes()).toBe('now')
  })

  it('before its volume is destroyed: not even a snapshot of it dies', async () => {
    await volumeWithPast()
    test.vms.push(guest('web1', ['tank/d1'], 'stopped'))
    const before = await everything()
    const plan = await test.plan(destroyDataset, { dataset: 'tank/d1' })
    Object.assign(test.vms[0] ?? {}, { state: 'running', pid: 77 })
    expect(await failureOf(destroyDataset.run(test.context, plan, { dataset: 'tank/d1' }))).toMatchObject({
      code: 'in_use',
    })
    expect(await everything()).toBe(before)
  })

  it('on another machine that shares the pool: its disk is neither destroyed nor rolled back', async () => {
    await volumeWithPast()
    test.vms.push({
      ...guest('web1', ['tank/d1'], 'locked'),
      stateReason: 'Its lock is held by the host other.',
    })
    expect((await test.plan(destroyDataset, { dataset: 'tank/d1' })).refused).toMatchObject({
      code: 'in_use',
    })
    expect((await test.plan(rollbackAction(test.room), to('a'))).refused).toMatchObject({ code: 'in_use' })
  })

  it('with a device named another way is found all the same', async () => {
    await volumeWithPast()
    const vm = guest('web1', [], 'running')
    for (const path of ['/dev/zvol//tank/d1', '/dev/zvol/tank/../tank/d1', '/dev/zvol/tank/d1p2']) {
      test.vms.splice(0, 9, {
        ...vm,
        disks: [{ index: 0, emulation: 'virtio-blk', backing: 'custom', path, dataset: path.slice(10) }],
      })
      expect((await test.plan(rollbackAction(test.room), to('a'))).refused).toMatchObject({ code: 'in_use' })
    }
  })
})

it('a guest is not started while the command may still be at work on its disk', async () => {
  await volumeWithPast()
  test.vms.push(guest('web1', ['tank/d1'], 'running'))
  test.beforeRun(async argv => {
    if (argv[1] === 'rollback') throw new AppError('timeout', 'zfs did not answer in time.')
  })
  const error = await failureOf(applied(test, rollbackAction(test.room), to('a', { guest: STOP_AND_START })))
  expect(test.asked).toEqual(['stop web1'])
  expect(error.message).toContain('not started')
})

it('a conf that somebody edits meanwhile is not overwritten by the conf of then', async () => {
  await volumeWithPast()
  await test.host.mkdir('/vm/web1')
  await test.host.write('/vm/web1/web1.conf', 'cpu=1\n')
  test.vms.push(guest('web1', ['tank/d1']))
  await test.sh(`zfs set skep:conf=${Buffer.from('cpu=8\n').toString('base64url')} tank/d1@b`)
  test.beforeRun(async argv => {
    if (argv[1] === 'rollback') await test.host.write('/vm/web1/web1.conf', 'cpu=2\n')
  })
  const word = { stop: false, start: false, conf: 'then' } as const
  const error = await failureOf(applied(test, rollbackAction(test.room), to('b', { guest: word })))
  expect(error).toMatchObject({ code: 'changed' })
  expect(await test.host.read('/vm/web1/web1.conf')).toBe('cpu=2\n')
  expect(await bytes()).toBe('two')
})

describe('the conf that a snapshot carries', () => {
  const withPassword = 'uuid="1"\ncpu=1\nvnc_password="secret"\n# vnc_password=older\n'

  async function conf(name: string, text: string): Promise<void> {
    await test.host.mkdir(`/vm/${name}`)
    await test.host.write(`/vm/${name}/${name}.conf`, text)
  }

  it('has no password, and gets back the one of today', async () => {
    await volumeWithPast()
    test.vms.push(guest('web1', ['tank/d1']))
    await conf('web1', withPassword)
    const taken = await applied(test, create, { datasets: ['tank/d1'], tag: 'c', recursive: false })
    const [property] = taken.steps[0]?.argv?.filter(word => word.startsWith('skep:conf=')) ?? []
    const carried = Buffer.from(property?.slice(10) ?? '', 'base64url').toString()
    expect(carried).toBe('uuid="1"\ncpu=1\n')
    const word = { stop: false, start: false, conf: 'then' } as const
    const same = await test.plan(rollbackAction(test.room), to('c', { guest: word }))
    expect(same.steps.map(each => each.file)).toEqual([undefined])
    await conf('web1', withPassword.replace('cpu=1', 'cpu=2'))
    const plan = await test.plan(rollbackAction(test.room), to('c', { guest: word }))
    expect(plan.facts).toMatchObject({
      guests: [{ confDifferences: [{ key: 'cpu', before: '1', today: '2' }] }],
    })
    expect(plan.steps.at(-1)?.file?.after).toBe('uuid="1"\ncpu=1\nvnc_password="secret"\n')
  })

  it('never comes to another guest that has the volume now, nor to two that share it', async () => {
    await volumeWithPast()
    test.vms.push(guest('web1', ['tank/d1']))
    await conf('web1', withPassword)
    await applied(test, create, { datasets: ['tank/d1'], tag: 'c', recursive: false })
    test.vms.splice(0, 1, guest('web2', ['tank/d1']))
    await conf('web2', 'uuid="2"\ncpu=4\n')
    const word = { stop: false, start: false, conf: 'then' } as const
    const other = await test.plan(rollbackAction(test.room), to('c', { guest: word }))
    expect(other.steps.some(each => each.file)).toBe(false)
    test.vms.push(guest('web1', ['tank/d1']))
    const both = await test.plan(rollbackAction(test.room), to('c', { guest: word }))
    expect(both.steps.some(each => each.file)).toBe(false)
    const again = await test.plan(create, { datasets: ['tank/d1'], tag: 'd', recursive: false })
    expect(again.steps[0]?.argv?.join(' ')).not.toContain('skep:conf')
  })
})

it('after a crash a roll back that never began is not told as done because less is written now', async () => {
  await test.sh('zfs create tank/files')
  await test.sh('zfs snapshot tank/files@a')
  await test.host.write('/tank/files/big', 'x'.repeat(2_000_000))
  const rollback = rollbackAction(test.room)
  const plan = await test.plan(rollback, { snapshot: 'tank/files@a', way: 'go-back' })
  await test.host.write('/tank/files/big', 'x')
  const argv = ['zfs', 'rollback', 'tank/files@a']
  expect((await rollback.settle(test.context, plan, [])).state).toBe('interrupted')
  expect((await rollback.settle(test.context, plan, [commandDone(argv, 1)])).state).toBe('interrupted')
  const unknown = await rollback.settle(test.context, plan, [commandDone(argv, null)])
  expect(unknown).toMatchObject({ state: 'interrupted', outcome: expect.stringContaining('cannot be told') })
  await test.sh('zfs rollback tank/files@a')
  expect((await rollback.settle(test.context, plan, [commandDone(argv, null)])).state).toBe('done')
})

it('what moves along or dies along is locked, however deep it lies', async () => {
  await test.sh('zfs create tank/top')
  await test.sh('zfs create tank/top/middle')
  await test.sh('zfs create -V 8M tank/top/middle/disk')
  await test.sh('zfs snapshot tank/top@a')
  const below = ['dataset:tank/top/middle/disk']
  const plans = [
    await test.plan(rollbackAction(test.room), { snapshot: 'tank/top@a', way: 'keep', keepAs: 'tank/kept' }),
    await test.plan(destroyDataset, { dataset: 'tank/top' }),
  ]
  await applied(test, rollbackAction(test.room), { snapshot: 'tank/top@a', way: 'keep', keepAs: 'tank/kept' })
  plans.push(await test.plan(swapBackAction(test.room), { dataset: 'tank/kept' }))
  for (const plan of plans) {
    expect(plan.refused).toBeUndefined()
    const locks = createLocks()
    locks.take(below, { taskId: 1, title: 'roll back', userName: 'a' })
    expect(() => locks.take(plan.locks, { taskId: 2, title: 'move', userName: 'b' })).toThrow('is in use')
  }
})
