import { describe, expect, test } from 'vitest'
import { parseConf } from './conf.ts'
import { diff } from './edits/testing.ts'
import type { StartOrder } from './model.ts'
import { type VmVerb, whyNot } from './model.ts'
import { planStartOrder } from './plan.start-order.ts'
import { policyOf, protectionOf, setPolicy } from './policy.ts'
import { vmRow } from './row.testing.ts'

const FREE = { stop: false, destroy: false }
const USUAL = { onRestart: 'restart', onFault: 'shutdown' }

describe('what the conf says', () => {
  test('nothing: vm-bhyve’s defaults, and nobody is kept from anything', () => {
    expect(policyOf(parseConf(''))).toEqual(USUAL)
    expect(protectionOf(parseConf(''))).toEqual(FREE)
  })

  test('only what changes is written, and a word of somebody else’s stays', () => {
    const text = 'loader="uefi"\non_restart="destroy"  # as ever\n'
    const now = { onRestart: 'destroy', onFault: 'shutdown' }
    expect(diff(setPolicy(text, { policy: now, protection: FREE }), text)).toEqual([])
    const kept = setPolicy(text, { policy: now, protection: { stop: true, destroy: true } })
    expect(diff(kept, text)).toEqual(['+ skep_protect="stop destroy"'])
    if (kept.refused) throw new Error('refused')
    expect(protectionOf(parseConf(kept.after))).toEqual({ stop: true, destroy: true })
    expect(setPolicy(kept.after, { policy: now, protection: FREE })).toMatchObject({ after: text })
    expect(diff(setPolicy(text, { policy: { ...now, onFault: 'explode' }, protection: FREE }), text)).toEqual(
      ['refused onFault: It is restart or shutdown.'],
    )
  })
})

test.each<[VmVerb, string]>([
  ['shutdown', 'stopped'],
  ['forceOff', 'stopped'],
  ['reset', 'stopped'],
  ['nmi', 'stopped'],
])('%s of a protected guest is refused while it runs', (verb, word) => {
  const vm = vmRow('web1', { state: 'running', pid: 7, protection: { stop: true, destroy: false } })
  expect(whyNot(vm, verb)).toContain(`protected against being ${word}`)
  expect(whyNot({ ...vm, protection: { stop: false, destroy: true } }, verb)).toBeNull()
})

test('destroying a protected guest is refused while it is off', () => {
  const vm = vmRow('web1', { protection: { stop: true, destroy: true } })
  expect(whyNot(vm, 'destroy')).toContain('protected against being destroyed')
  expect(whyNot({ ...vm, protection: { stop: true, destroy: false } }, 'destroy')).toBeNull()
})

describe('the start order', () => {
  const now: StartOrder = {
    enabled: true,
    list: ['a', 'gone'],
    delaySeconds: 5,
    guests: ['a', 'b'],
    revision: 'r1',
  }
  const plan = (list: string[], delaySeconds = 5, order = now) =>
    planStartOrder({ revision: 'r1', list, delaySeconds }, order)

  test('is written as a whole, with what else it holds', () => {
    expect(plan(['b', 'gone', 'a'], 9).steps.map(step => step.argv)).toEqual([
      ['sysrc', 'vm_list=b gone a'],
      ['sysrc', 'vm_delay=9'],
    ])
    expect(plan([]).steps.map(step => step.argv)).toEqual([['sysrc', 'vm_list=']])
  })

  test('is refused where it was changed meanwhile, names a stranger, or one twice', () => {
    expect(plan(['a'], 5, { ...now, revision: 'r2' }).refused?.code).toBe('changed')
    expect(plan(['a', 'c']).refused).toMatchObject({ code: 'not_found' })
    expect(plan(['a', 'a']).refused).toMatchObject({ code: 'invalid' })
    expect(plan(['a', 'gone']).refused?.message).toBe('Nothing would change.')
  })

  test('says where the machine starts nothing at all', () => {
    expect(plan(['b'], 5, { ...now, enabled: false }).warnings).toEqual([
      expect.stringContaining('vm_enable'),
    ])
  })
})
