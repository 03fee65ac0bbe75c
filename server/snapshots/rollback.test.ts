import { beforeEach, describe, expect, it } from 'vitest'
import type { TaskCommand } from '../tasks/model.ts'
import { failureOf } from '../testing.ts'
import { rollbackAction, swapBackAction } from './actions.rollback.ts'
import type { RollbackInput } from './input.ts'
import { applied, commandDone, guest, type StorageTest, storageTest } from './testing.ts'

let test: StorageTest

beforeEach(async () => {
  test = await storageTest()
  return () => test[Symbol.asyncDispose]()
})

/** Writes a text to the start of the volume. */
async function write(text: string, volume = 'tank/d1'): Promise<void> {
  const argv = ['dd', `of=/dev/zvol/${volume}`, 'bs=512', 'count=1', 'conv=notrunc']
  await test.host.run(argv, { stdin: text.padEnd(512, '.') })
}

/** What the volume begins with, up to the padding. */
async function bytes(volume = 'tank/d1'): Promise<string> {
  const { stdout } = await test.host.run(['dd', `if=/dev/zvol/${volume}`, 'bs=512', 'count=1'])
  return stdout.replace(/\.*$/, '')
}

/** Names and guids of all snapshots and bookmarks below the pool, and origins of all datasets. */
async function state(): Promise<string> {
  return test.sh('zfs list -Hp -r -t all -o name,guid,createtxg,origin,refreservation,userrefs tank')
}

/** A volume with bytes "one" at @a, "two" at @b, "three" at @c, and "now". */
async function volumeWithPast(): Promise<void> {
  await test.sh('zfs create -V 64M -o compression=zstd -o org.example:note=mine tank/d1')
  for (const [text, tag] of [
    ['one', 'a'],
    ['two', 'b'],
    ['three', 'c'],
  ] as const) {
    await write(text)
    await test.sh(`zfs snapshot tank/d1@${tag}`)
  }
  await write('now')
}

const to = (tag: string, more: Partial<RollbackInput> = {}): RollbackInput => ({
  snapshot: `tank/d1@${tag}`,
  way: 'go-back',
  ...more,
})

const STOP_AND_START = { stop: true, start: true, conf: 'today' } as const

describe('go back', () => {
  it('names every newer thing, destroys exactly these, and brings the bytes back', async () => {
    await volumeWithPast()
    await test.sh('zfs bookmark tank/d1@c tank/d1#mark')
    const rollback = rollbackAction(test.room)
    const plan = await test.plan(rollback, to('a'))
    expect(plan.victims.map(each => `${each.kind} ${each.name}`)).toEqual([
      'snapshot tank/d1@b',
      'snapshot tank/d1@c',
      'bookmark tank/d1#mark',
      'data tank/d1',
    ])
    expect(plan.steps.map(each => each.argv?.join(' '))).toEqual([
      'zfs destroy tank/d1@b,c',
      'zfs destroy tank/d1#mark',
      'zfs rollback tank/d1@a',
    ])
    await applied(test, rollback, to('a'))
    expect(await bytes()).toBe('one')
    expect(await test.sh('zfs list -H -t all -o name -r tank/d1')).toBe('tank/d1\ntank/d1@a\n')
  })

  it('is refused by a hold or a clone of something newer, by name', async () => {
    await volumeWithPast()
    const rollback = rollbackAction(test.room)
    await test.sh('zfs hold backup tank/d1@c')
    const held = await test.plan(rollback, to('a'))
    expect(held.refused).toMatchObject({ code: 'held' })
    expect(held.refused?.message).toContain('tank/d1@c')
    expect(held.refused?.message).toContain('backup')
    await test.sh('zfs release backup tank/d1@c')
    await test.sh('zfs clone tank/d1@b tank/d1-test')
    const cloned = await test.plan(rollback, to('a'))
    expect(cloned.refused).toMatchObject({ code: 'has_clones' })
    expect(cloned.refused?.message).toBe(
      'tank/d1@b has a clone, tank/d1-test. Promote the clone first, or destroy it.',
    )
    expect(cloned.facts).toMatchObject({ clones: [{ name: 'tank/d1-test', snapshot: 'tank/d1@b' }] })
  })

  it('does not take the disk from under a running guest without the word, and stops and starts it with it', async () => {
    await volumeWithPast()
    test.vms.push(guest('web1', ['tank/other', 'tank/d1'], 'running'))
    const rollback = rollbackAction(test.room)
    const plan = await test.plan(rollback, to('a'))
    expect(plan.refused).toMatchObject({ code: 'in_use' })
    expect(plan.facts).toMatchObject({
      guests: [{ name: 'web1', running: true, otherDisks: ['tank/other'] }],
    })
    const applies = await applied(test, rollback, to('a', { guest: STOP_AND_START }))
    expect(applies.locks).toEqual(['dataset:tank/d1', 'vm:web1'])
    expect(test.asked).toEqual(['stop web1', 'start web1'])
    expect(await bytes()).toBe('one')
  })

  it('never destroys a snapshot that was taken while the guest shut down', async () => {
    await volumeWithPast()
    test.vms.push(guest('web1', ['tank/d1'], 'running'))
    const slow = { ...test.room, stop: test.room.stop }
    slow.stop = async (context, vm) => {
      await test.room.stop(context, vm)
      await test.sh('zfs snapshot tank/d1@sneaked')
    }
    const before = await state()
    const error = await failureOf(applied(test, rollbackAction(slow), to('a', { guest: STOP_AND_START })))
    expect(error.code).toBe('changed')
    expect(error.message).toContain('nothing was done')
    expect(error.message).toContain('web1 is running again')
    const after = await state()
    expect(after.split('\n').filter(line => !line.includes('sneaked'))).toEqual(before.split('\n'))
    expect(after).toContain('tank/d1@sneaked')
    expect(await bytes()).toBe('now')
  })

  it('tells what happened when a snapshot appears between the destroy and the roll back', async () => {
    await volumeWithPast()
    test.beforeRun(async argv => {
      if (argv[1] === 'rollback') await test.sh('zfs snapshot tank/d1@sneaked')
    })
    const error = await failureOf(applied(test, rollbackAction(test.room), to('a')))
    expect(error.code).toBe('newer_snapshots')
    expect(error.message).toContain('tank/d1@sneaked')
    expect(error.message).toContain('The 2 newer ones shown before are destroyed.')
    expect(error.message).toContain('What tank/d1 holds now is untouched.')
    expect(await bytes()).toBe('now')
    expect(await test.sh('zfs list -H -t snapshot -o name -r tank/d1')).toBe('tank/d1@a\ntank/d1@sneaked\n')
  })
})

describe('go back and keep', () => {
  it('keeps properties, reservation, holds, bookmarks and clones, and swaps back to the very same state', async () => {
    await volumeWithPast()
    await test.sh('zfs hold keep tank/d1@a')
    await test.sh('zfs bookmark tank/d1@c tank/d1#mark')
    await test.sh('zfs clone tank/d1@b tank/other')
    const before = await state()
    const rollback = rollbackAction(test.room)
    const plan = await applied(test, rollback, to('a', { way: 'keep' }))
    expect(plan.victims).toEqual([])
    expect(await bytes()).toBe('one')
    expect(await bytes('tank/d1.before-2026-11-22')).toBe('now')
    const [now, kept] = await Promise.all(
      ['tank/d1', 'tank/d1.before-2026-11-22'].map(name =>
        test.sh(`zfs get -Hp -o property,value,source compression,org.example:note,refreservation ${name}`),
      ),
    )
    expect(now).toBe(kept)
    expect(await test.sh('zfs list -H -o origin tank/other')).toBe('tank/d1.before-2026-11-22@b\n')

    await write('after')
    await applied(test, swapBackAction(test.room), { dataset: 'tank/d1' })
    expect(await bytes()).toBe('now')
    expect(await bytes('tank/d1.after-2026-11-22')).toBe('after')
    const after = (await state()).split('\n').filter(line => !line.startsWith('tank/d1.after'))
    expect(after).toEqual(before.split('\n'))

    await applied(test, swapBackAction(test.room), { dataset: 'tank/d1' })
    expect(await bytes()).toBe('after')
  })

  it('leaves a snapshot that appears between its commands with the kept state', async () => {
    await volumeWithPast()
    test.beforeRun(async argv => {
      if (argv[1] === 'rename') await test.sh('zfs snapshot tank/d1@sneaked')
    })
    await applied(test, rollbackAction(test.room), to('a', { way: 'keep' }))
    expect(await test.sh('zfs list -H -t snapshot -o name -r tank/d1.before-2026-11-22')).toContain(
      '@sneaked',
    )
    expect(await bytes()).toBe('one')
  })

  it('never destroys what was taken of the new one either, when the promote fails', async () => {
    await volumeWithPast()
    test.beforeRun(async argv => {
      // The same tag on both sides is the one reason for which ZFS refuses this promote.
      if (argv[1] === 'promote') await test.sh('zfs snapshot tank/d1@a')
    })
    const error = await failureOf(applied(test, rollbackAction(test.room), to('a', { way: 'keep' })))
    expect(error.code).toBe('exists')
    expect(error.message).toContain('tank/d1@a was taken meanwhile')
    expect(error.message).toContain('The state before is whole as tank/d1.before-2026-11-22')
    expect(await bytes('tank/d1.before-2026-11-22')).toBe('now')
    expect(await test.sh('zfs list -H -t snapshot -o name -r tank/d1')).toBe('tank/d1@a\n')
  })

  it('takes a clone away that was made without room for its reservation, and puts everything back', async () => {
    await volumeWithPast()
    const before = await state()
    test.beforeRun(async argv => {
      if (argv[1] !== 'clone') return
      // As OpenZFS 2.4.4 does it: the clone is there, and the command has failed.
      await test.sh(`zfs clone ${argv.slice(-2).join(' ')}`)
      await test.host.run([
        'fault',
        'add',
        'zfs',
        'clone',
        '--',
        'exit',
        '1',
        "cannot create 'tank/d1': out of space",
        'once',
      ])
    })
    const error = await failureOf(applied(test, rollbackAction(test.room), to('a', { way: 'keep' })))
    expect(error.code).toBe('no_space')
    expect(error.message).toContain('tank/d1 is as it was.')
    expect(await state()).toBe(before)
    expect(await bytes()).toBe('now')
  })

  it('finds a free name, and refuses what it cannot do before anything happens', async () => {
    await volumeWithPast()
    await test.sh('zfs create tank/d1.before-2026-11-22')
    const rollback = rollbackAction(test.room)
    expect(await test.plan(rollback, to('a', { way: 'keep' }))).toMatchObject({
      facts: { target: 'tank/d1.before-2026-11-22-2' },
    })
    const taken = await test.plan(rollback, to('a', { way: 'keep', keepAs: 'tank/d1.before-2026-11-22' }))
    expect(taken.refused).toMatchObject({ code: 'exists', detail: { field: 'keepAs' } })
  })
})

describe('open beside', () => {
  it('clones and changes nothing else', async () => {
    await volumeWithPast()
    const before = await state()
    const plan = await applied(test, rollbackAction(test.room), to('b', { way: 'beside' }))
    expect(plan.facts).toMatchObject({ target: 'tank/d1-b' })
    expect(await bytes('tank/d1-b')).toBe('two')
    expect((await state()).split('\n').filter(line => !line.startsWith('tank/d1-b'))).toEqual(
      before.split('\n'),
    )
  })
})

describe('each command failing in turn', () => {
  const ways = [
    ['go-back', to('a')],
    ['keep', to('a', { way: 'keep' })],
    ['beside', to('b', { way: 'beside' })],
  ] as const
  for (const running of [false, true]) {
    for (const [way, input] of ways) {
      it(`${way}, guest ${running ? 'running' : 'stopped'}: the data survives and the error tells the truth`, async () => {
        await volumeWithPast()
        if (running) test.vms.push(guest('web1', ['tank/d1'], 'running'))
        const asked = running && way !== 'beside' ? { ...input, guest: STOP_AND_START } : input
        const rollback = rollbackAction(test.room)
        const commands = (await test.plan(rollback, asked)).steps.flatMap(each =>
          each.argv?.[0] === 'zfs' ? [each.argv] : [],
        )
        expect(commands.length).toBeGreaterThan(0)
        for (const argv of commands) {
          await test.sh('fault clear')
          const clean = await state()
          await test.host.run([
            'fault',
            'add',
            ...argv.slice(0, 3),
            '--',
            'exit',
            '1',
            'cannot do it',
            'once',
          ])
          test.asked.length = 0
          const error = await failureOf(applied(test, rollback, asked))
          expect(error.code).toBe('failed')
          expect(error.detail.argv).toEqual(argv)
          const left = await state()
          const isLate = way === 'keep' && argv[1] === 'set'
          if (way === 'go-back' && argv[1] === 'rollback') {
            expect(error.message).toContain(
              'shown before are destroyed. What tank/d1 holds now is untouched.',
            )
            expect(await bytes()).toBe('now')
          } else if (isLate) {
            expect(error.message).toContain('the state before is whole as tank/d1.before-2026-11-22')
            expect(error.detail.next).toContain('zfs set skep:kept-from=tank/d1 tank/d1.before-2026-11-22')
            expect(await bytes('tank/d1.before-2026-11-22')).toBe('now')
          } else {
            expect(left).toBe(clean)
            expect(await bytes()).toBe('now')
          }
          if (running && way !== 'beside') expect(test.asked).toEqual(['stop web1', 'start web1'])
        }
      })
    }
  }
})

describe('settling after the console died', () => {
  it.each(['go-back', 'keep', 'beside'] as const)('%s: tells the truth at each point', async way => {
    await volumeWithPast()
    const rollback = rollbackAction(test.room)
    const plan = await test.plan(rollback, to('a', { way }))
    const recorded: TaskCommand[] = []
    const settle = () => rollback.settle(test.context, plan, recorded)
    expect((await settle()).state).toBe('interrupted')
    const commands = plan.steps.flatMap(each => (each.argv ? [each.argv] : []))
    const told: string[] = []
    for (const argv of commands) {
      await test.sh(argv.join(' '))
      recorded.push(commandDone(argv))
      told.push((await settle()).outcome)
    }
    expect((await settle()).state).toBe('done')
    expect(told).toMatchSnapshot()
  })
})
