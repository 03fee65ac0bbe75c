/** Whatever is typed, zfs answers with one of its exit codes and changes nothing it should not. */
import { mkdtempSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { Kernel } from '../kernel.ts'
import { seed } from '../seed.ts'

const kernel = new Kernel(mkdtempSync(path.join(os.tmpdir(), 'skep-nonsense-')))
afterAll(() => kernel.remove())

const verbs = fc.constantFrom(
  ...'list get set inherit create destroy snapshot rollback clone promote rename hold holds release bookmark mount unmount version'.split(
    ' ',
  ),
)
const words = fc.oneof(
  fc.constantFrom(
    ...'tank tank/a tank/v tank/a@s tank/v@s tank/a#b tank/none nosuch tank/a@ tank/a@s,t tank/a@% tank/a@s%t @s #b / tank/ //'.split(
      ' ',
    ),
    ...'-r -R -n -v -p -H -Hp -t all -o name -s used -S used -d 1 -V 1M 0 -b 8K quota=1M quota compression=lz4 volsize=2M'.split(
      ' ',
    ),
    ...'skep:x=1 skep:x mountpoint=none readonly=on refreservation=auto -- - -Q space creation,used'.split(
      ' ',
    ),
    '',
  ),
  fc.string({ maxLength: 8 }),
)

test('no words make it fall over', async () => {
  await seed(kernel.world, 'empty')
  for (const argv of [
    'create tank/a',
    'create -s -V 1M tank/v',
    'snapshot -r tank@s',
    'bookmark tank/a@s tank/a#b',
  ]) {
    expect((await kernel.collect(['zfs', ...argv.split(' ')])).exit).toBe(0)
  }
  const clean = JSON.stringify(kernel.world.state.pools.tank?.guid)
  await fc.assert(
    fc.asyncProperty(verbs, fc.array(words, { maxLength: 5 }), async (verb, rest) => {
      const result = await kernel.collect(['zfs', verb, ...rest])
      expect([0, 1, 2, 255], JSON.stringify([verb, ...rest, result.stderr])).toContain(result.exit)
      if (result.exit !== 0) expect(result.stderr).not.toBe('')
      for (const [name, dataset] of Object.entries(kernel.world.state.datasets))
        expect(dataset.name).toBe(name)
      expect(kernel.world.state.datasets.tank).toBeDefined()
    }),
    { numRuns: 1500, seed: 7 },
  )
  expect(JSON.stringify(kernel.world.state.pools.tank?.guid)).toBe(clean)
})
