/** What a fresh machine holds. */
import { seedDemo } from './seed-demo.ts'
import { machineFiles, seedMachine } from './seed-machine.ts'
import { seedSmall } from './seed-small.ts'
import { run } from './seed-tools.ts'
import type { World } from './world.ts'

export type SeedKind = 'demo' | 'empty' | 'small'

/** Fills a fresh world: `empty` has a pool and no guests, `small` a few of everything, `demo` is worth looking at. */
export async function seed(world: World, kind: SeedKind): Promise<void> {
  seedMachine(world, kind === 'demo' ? 'skep-demo' : 'skep-test', kind === 'demo' ? 9 : 2)
  if (kind === 'demo') await seedDemo(world)
  else {
    machineFiles(world, { vmEnable: kind === 'small', vmList: '' })
    run(world, [
      'zpool',
      'create',
      '-o',
      'ashift=12',
      '-O',
      'compression=lz4',
      'tank',
      'mirror',
      'da0',
      'da1',
    ])
    if (kind === 'small') seedSmall(world)
  }
  // The queue of a machine that was just switched on.
  world.state.events = []
  world.state.nextEid = 1
  world.save()
}
