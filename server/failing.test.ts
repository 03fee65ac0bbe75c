/**
 * Every action that is served, with each of its steps failing in turn: it says so, nothing dies that was not named, and
 * what is told after a crash at that point is not that all went well.
 */
import { describe, expect, it } from 'vitest'
import type { ActionContext } from './action.ts'
import { CASES, type Stage, stage } from './actions.testing.ts'
import { AppError } from './errors.ts'
import type { TestHost } from './host/sandbox/testing.ts'
import { settlers } from './procedures.ts'
import type { Plan } from './tasks/model.ts'
import { doorTo } from './testing.ts'

/** Where the first way fails another leads to the same end: bhyvectl's refusal is answered by a signal. */
const COPES = ['vms.forceOff']

it('there is a scenario for every action that is served', () => {
  const served = [...new Set(settlers().map(each => each.name))]
  expect(served.filter(name => !CASES.some(each => each.name === name))).toEqual([])
})

const guids = async (on: Stage): Promise<Map<string, string>> => {
  const rows = (await on.sh('zfs list -H -o guid,name -t all')).trim().split('\n')
  return new Map(
    rows.map(row => {
      const [guid = '', name = ''] = row.split('\t')
      return [guid, name]
    }),
  )
}

/** Makes the step at `index` fail: its program ends with 1, its file cannot be written, its files not be removed. */
async function withFault(on: Stage, plan: Plan, index: number): Promise<ActionContext> {
  const step = plan.steps[index]
  if (step?.argv) {
    await on.host.run(['fault', 'add', ...step.argv, '--', 'exit', '1', 'broken', 'once'])
    return on.context
  }
  const full = () => Promise.reject(new AppError('no_space', 'The disk is full.'))
  const { file } = step ?? {}
  const write: TestHost['write'] = (path, ...rest) =>
    file && path !== file.path ? on.host.write(path, ...rest) : full()
  return { ...on.context, host: doorTo(on.host, { write, remove: full }) }
}

describe.each(CASES.map((one, at) => ({ ...one, title: `${one.name} (${at + 1})` })))('$title', one => {
  it('says which step failed, wherever it does, and nothing unnamed dies', async () => {
    for (let index = 0, count = 1; index < count; index += 1) {
      await using on = await stage()
      const { plan, run, settle } = await one.prepare(on)
      count = plan.steps.length
      // A step that only waits runs nothing that could fail.
      const { argv, file, note = '' } = plan.steps[index] ?? {}
      if (!argv && !file && !note.startsWith('rm ')) continue
      const before = await guids(on)
      const context = await withFault(on, plan, index)
      const failure = await run(context).then(
        () => null,
        (error: unknown) => error,
      )
      const step = `step ${index + 1} of ${count}: ${plan.steps[index]?.title}`
      if (failure === null) expect([...COPES, step], step).toContain(one.name)
      else {
        expect(failure, step).toBeInstanceOf(AppError)
        expect(String(failure), step).not.toMatch(/undefined|\[object/)
        expect((await settle()).state, step).not.toBe('done')
      }
      const after = await guids(on)
      const named = new Set(plan.victims.flatMap(victim => victim.guid ?? []))
      const lost = [...before].filter(([guid]) => !after.has(guid) && !named.has(guid))
      expect(lost, step).toEqual([])
    }
  })
})
