import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stage } from '../actions.testing.ts'
import { failureOf } from '../testing.ts'
import { setPoolProperty, upgradePool } from './actions.property.ts'
import { POOL_SETTINGS, type Property } from './model.ts'
import { type PropertyFacts, planSetPoolProperty, planUpgradePool } from './plan.property.ts'

const property = (name: string, value: string): Property => ({
  name,
  value,
  source: 'default',
  inheritedFrom: null,
  received: null,
})
const pool = (change: Partial<PropertyFacts> = {}): PropertyFacts => ({
  name: 'tank',
  guid: '7',
  health: 'ONLINE',
  readonly: false,
  properties: [
    ...Object.keys(POOL_SETTINGS).map(name => property(name, 'off')),
    property('ashift', '12'),
    property('compatibility', 'off'),
  ],
  features: { 'feature@blake3': 'disabled', 'feature@lz4_compress': 'active', 'feature@draid': 'disabled' },
  ...change,
})
const set = (name: string, value: string, of = pool()) => planSetPoolProperty({ name, value }, of)

test('a setting is one command, with what it brings about', () => {
  const plan = set('failmode', 'panic')
  expect(plan.steps.map(step => step.argv)).toEqual([['zpool', 'set', 'failmode=panic', 'tank']])
  expect(plan.warnings.join()).toContain('the whole machine crashes')
  expect(set('comment', '').title).toBe('Clear comment of tank')
})

test.each([
  ['failmode', 'maybe', /one of wait, continue, panic/],
  ['comment', 'ä', /ASCII/],
  ['comment', 'x'.repeat(33), /at most 32/],
  ['ashift', '9', /no setting of a pool in use/],
  ['colour', 'red', /no pool property colour/],
])('refused at its field: %s=%s', (name, value, why) => {
  const { refused } = set(name, value)
  expect(refused).toMatchObject({ code: 'invalid', detail: { field: 'value' } })
  expect(refused?.message).toMatch(why)
})

test('a setting that this ZFS does not have is none', () => {
  expect(set('autotrim', 'on', pool({ properties: [] })).refused?.message).toMatch(/has no autotrim/)
})

test('whatever is typed as a comment, zpool gets it as it is or it is refused', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), value => {
      const plan = set('comment', value)
      if (plan.refused) expect(/^[ -~]{0,32}$/.test(value)).toBe(false)
      else expect(plan.steps[0]?.argv).toEqual(['zpool', 'set', `comment=${value}`, 'tank'])
    }),
  )
})

test('new features are named, and that there is no way back', () => {
  const plan = planUpgradePool(pool(), true)
  expect(plan.steps.map(step => step.argv)).toEqual([['zpool', 'upgrade', 'tank']])
  expect(plan.warnings.join('\n')).toMatch(/no way back.*2 features .blake3, draid/)
  expect(plan.warnings.join('\n')).toMatch(/boots from tank/)
  expect(planUpgradePool(pool(), false).warnings.join('\n')).not.toMatch(/boots/)
})

test.each<[string, Partial<PropertyFacts>, RegExp]>([
  ['there are none', { features: {} }, /enabled already/],
  ['it is to stay old', { properties: [property('compatibility', 'legacy')] }, /legacy/],
  ['it is read-only', { readonly: true }, /read-only/],
  ['it is suspended', { health: 'SUSPENDED' }, /suspended/],
])('features are not enabled where %s', (_, change, why) => {
  expect(planUpgradePool(pool(change), false).refused?.message).toMatch(why)
})

test('set and upgraded, as the host shows; another pool of that name is left alone', async () => {
  await using on = await stage()
  const input = { pool: 'tank', name: 'comment', value: 'left shelf' }
  const plan = await setPoolProperty.plan(on.context, input)
  const stranger = { ...plan, facts: { ...pool(), pool: 'tank', guid: '99' } }
  expect((await failureOf(setPoolProperty.run(on.context, stranger, input))).message).toContain(
    'not the pool',
  )
  expect(await setPoolProperty.settle(on.context, plan, [])).toMatchObject({ state: 'interrupted' })
  await setPoolProperty.run(on.context, plan, input)
  expect(await on.sh('zpool get -H -o value comment tank')).toBe('left shelf\n')
  expect(await setPoolProperty.settle(on.context, plan, [])).toMatchObject({ state: 'done' })

  const { tank } = on.host.world.state.pools
  if (tank) Object.assign(tank.features, { blake3: 'disabled', draid: 'disabled' })
  const upgrade = await upgradePool.plan(on.context, { pool: 'tank' })
  expect(await upgradePool.settle(on.context, upgrade, [])).toMatchObject({ state: 'interrupted' })
  // Cut short between two features.
  await on.sh('zpool set feature@draid=enabled tank')
  expect((await upgradePool.settle(on.context, upgrade, [])).outcome).toContain('1 of 2 were enabled')
  await upgradePool.run(on.context, upgrade, { pool: 'tank' })
  expect(await on.sh('zpool get -H -o value feature@blake3,feature@draid tank')).toBe('enabled\nenabled\n')
  expect(await upgradePool.settle(on.context, upgrade, [])).toMatchObject({ state: 'done' })
})
