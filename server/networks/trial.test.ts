/** A change that may cut somebody off: kept by a word, and else taken back by the host itself. */
import { beforeEach, expect, test, vi } from 'vitest'
import { type Stage, stage } from '../actions.testing.ts'
import { AppError } from '../errors.ts'
import { doorTo, failureOf } from '../testing.ts'
import { create, edit } from './actions.ts'
import type { EditSwitchInput } from './input.ts'
import { hasTrial, keepWait, keepWaitOf } from './model.ts'

const SETTINGS = '/vm/.config/system.conf'
const SCRIPT = '/var/run/skep/undo-dmz.sh'
const made = { name: 'dmz', ports: ['ix1'], vlan: 7, address: '198.51.100.1/24', isPrivate: false }
/** Shorter than the door of the browser allows: the host really waits. */
const wanted: EditSwitchInput = { ...made, vlan: 8, address: '198.51.100.9/24', keepWithinSeconds: 2 }

let on: Stage & AsyncDisposable
let before: readonly string[]
const state = async () => [await on.sh('ifconfig vm-dmz'), await on.host.read(SETTINGS)]
beforeEach(async () => {
  on = await stage()
  await create.run(on.context, await create.plan(on.context, made), made)
  before = await state()
  return () => on[Symbol.asyncDispose]()
})
const kept = () => ({ ...on.context, nudged: AbortSignal.abort() })
const isGone = async () => expect(await on.host.stat(SCRIPT)).toBeNull()

test('only a change that may cut somebody off is on trial', async () => {
  const plan = await edit.plan(on.context, wanted)
  expect(hasTrial(plan.facts)).toBe(true)
  expect(plan.warnings[0]).toContain('reached over it')
  const harmless = { ...made, isPrivate: true, keepWithinSeconds: 60 }
  expect(hasTrial((await edit.plan(on.context, harmless)).facts)).toBe(false)
})

test('kept by a word, it stays, and only then it is written down', async () => {
  const plan = await edit.plan(on.context, wanted)
  const word = new AbortController()
  const told: string[] = []
  const running = edit.run(
    { ...on.context, nudged: word.signal, progress: text => told.push(text) },
    plan,
    wanted,
  )
  await vi.waitFor(() => expect(told.some(text => keepWaitOf(text))).toBe(true))
  expect(await on.sh('ifconfig vm-dmz')).toContain('inet 198.51.100.9 ')
  expect(await on.host.read(SETTINGS)).toBe(before[1])
  expect(await on.host.read(SCRIPT)).toContain('sleep 2')
  word.abort()
  await running
  await isGone()
  expect(await on.host.read(SETTINGS)).toContain('addr_dmz="198.51.100.9/24"')
  expect(await edit.settle(on.context, plan, [])).toMatchObject({ state: 'done' })
})

test('without a word the host takes it back, also when Skep is gone', async () => {
  const plan = await edit.plan(on.context, wanted)
  const failure = await failureOf(edit.run(on.context, plan, wanted))
  expect(failure.message).toMatch(/the host takes it back\. Bridge and settings are as before/)
  expect(await state()).toEqual(before)
  await isGone()
  // As after a crash in the middle: the steps of the kernel were carried out, and nobody is there any more.
  const again = await edit.plan(on.context, wanted)
  const gone = new AppError('unreachable', 'The host does not answer.')
  const rename = () => Promise.reject(gone)
  const cut = { ...kept(), host: doorTo(on.host, { rename }) }
  expect((await failureOf(edit.run(cut, again, wanted))).message).toContain('at the end of the countdown')
  expect(await edit.settle(on.context, again, [])).toMatchObject({
    state: 'interrupted',
    outcome: expect.stringContaining('takes it back by itself'),
  })
  expect((await edit.plan(on.context, wanted)).refused?.message).toContain('on trial')
  await vi.waitFor(isGone, { timeout: 10_000 })
  await vi.waitFor(async () => expect(await state()).toEqual(before), { timeout: 10_000 })
  // The script's last act is to remove itself: until then it is still at it.
  await vi.waitFor(
    async () =>
      expect(await edit.settle(on.context, again, [])).toMatchObject({
        state: 'interrupted',
        outcome: expect.stringContaining('So is its bridge'),
      }),
    { timeout: 10_000 },
  )
})

test('wherever a command fails, bridge and settings are as they were, and no countdown is left', async () => {
  const plan = await edit.plan(on.context, { ...wanted, keepWithinSeconds: 600 })
  for (const { argv } of plan.steps) {
    if (!argv) continue
    await on.host.run(['fault', 'add', ...argv, '--', 'exit', '1', 'broken', 'once'])
    const failure = await failureOf(edit.run(kept(), plan, wanted))
    expect(failure.message, argv.join(' ')).toMatch(/taken back|Nothing was changed/)
    expect(await state(), argv.join(' ')).toEqual(before)
    await isGone()
  }
})

test('a word that comes too late changes nothing', async () => {
  const plan = await edit.plan(on.context, wanted)
  const rename = async () => {
    await on.host.rename(SCRIPT, SCRIPT.replace(/sh$/, 'taken'))
    await on.host.remove(SCRIPT.replace(/sh$/, 'taken'))
    throw new AppError('not_found', 'There is no such file.')
  }
  const late = { ...kept(), host: doorTo(on.host, { rename }) }
  const failure = await failureOf(edit.run(late, plan, wanted))
  expect(failure.message).toContain('too late')
  expect(await on.host.read(SETTINGS)).toBe(before[1])
})

test('the words of the wait are read back', () => {
  expect(keepWaitOf(keepWait('a b', 3, 60))).toEqual({ name: 'a b', seconds: 3, ofSeconds: 60 })
  expect(keepWaitOf('Waiting for a b to shut down (3 of 60 s)')).toBeNull()
})
