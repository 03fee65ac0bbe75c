/** A big practice machine: ten thousand datasets, a hundred thousand snapshots, five hundred guests. */
import { seed } from '../../server/host/sandbox/seed.ts'
import { dataset, put, run } from '../../server/host/sandbox/seed-tools.ts'
import { World } from '../../server/host/sandbox/world.ts'

/** Departments of people, as on a file server. */
export const PARENTS = 100
const CHILDREN = 99
const TAGS = 10
const GUESTS = 500
export const ROOT = 'tank/people'

/** Makes it in a directory that no kernel runs in yet. Ten thousand commands would take minutes: the rest are copies. */
export async function makeBigMachine(directory: string): Promise<void> {
  const world = new World(directory)
  await seed(world, 'small')
  run(world, ['zfs', 'create', ROOT])
  const first = dataset(world, ROOT)
  const copy = (name: string) => {
    const ids = { guid: world.guid(), objsetId: world.objectId() }
    world.state.datasets[name] = { ...structuredClone(first), ...ids, name, mounted: false }
  }
  for (let parent = 0; parent < PARENTS; parent++) {
    copy(`${ROOT}/team${parent}`)
    for (let child = 0; child < CHILDREN; child++) copy(`${ROOT}/team${parent}/person${child}`)
  }
  world.commit()
  for (let tag = 0; tag < TAGS; tag++) run(world, ['zfs', 'snapshot', '-r', `${ROOT}@day${tag}`])
  for (let guest = 0; guest < GUESTS; guest++) {
    const name = `guest${guest}`
    put(world, `/vm/${name}/${name}.conf`, 'loader="uefi"\ncpu="1"\nmemory="512M"\n')
  }
  world.close()
}
