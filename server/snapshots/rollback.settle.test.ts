/** How a roll back ended that nobody heard the end of: by the pool's own history, where it can tell. */
import { beforeEach, expect, it } from 'vitest'
import { rollbackAction } from './actions.rollback.ts'
import { commandDone, type StorageTest, storageTest } from './testing.ts'

const ROLLBACK = ['zfs', 'rollback', 'tank/files@a']

let test: StorageTest

beforeEach(async () => {
  test = await storageTest()
  await test.sh('zfs create tank/files')
  await test.sh('zfs snapshot tank/files@a')
  // An older roll back of the same dataset proves nothing about this one.
  await test.sh('zfs rollback tank/files@a')
  await test.sh('zfs snapshot tank/files@b')
  await test.host.write('/tank/files/big', 'x'.repeat(2_000_000))
  return () => test[Symbol.asyncDispose]()
})

async function settledAfter(commands: readonly string[]): Promise<{ state: string; outcome: string }> {
  const rollback = rollbackAction(test.room)
  const plan = await test.plan(rollback, { snapshot: 'tank/files@a', way: 'go-back' })
  for (const line of commands) await test.sh(line)
  // Somebody writes before the next console looks: what is written since tells nothing any more.
  await test.host.write('/tank/files/big', 'x')
  return rollback.settle(test.context, plan, [commandDone(ROLLBACK, null)])
}

it('is done where the pool has rolled back after it destroyed what was newer', async () => {
  const { state, outcome } = await settledAfter(['zfs destroy tank/files@b', ROLLBACK.join(' ')])
  expect(state).toBe('done')
  expect(outcome).toContain('done, as the host shows')
})

it('is not done where it has not', async () => {
  const { state, outcome } = await settledAfter(['zfs destroy tank/files@b'])
  expect(state).toBe('interrupted')
  expect(outcome).toContain('tank/files was not rolled back')
})

it('cannot be told where the history cannot be read', async () => {
  await test.sh('fault add zpool history -- exit 1 no')
  const { state, outcome } = await settledAfter(['zfs destroy tank/files@b', ROLLBACK.join(' ')])
  expect(state).toBe('interrupted')
  expect(outcome).toContain('cannot be told')
})
