/** A few of everything, for tests: datasets, snapshots, a guest that can be started and one that was never. */
import { DATASTORE, makeDatastore, makeGuest } from './seed-guests.ts'
import { dataset, GIB, HOUR, run } from './seed-tools.ts'
import { addBallast } from './store-lines.ts'
import type { World } from './world.ts'

const CONF = `loader="uefi"
graphics="yes"
graphics_listen="127.0.0.1"
xhci_mouse="yes"
cpu=1
memory=64M
network0_type="virtio-net"
network0_switch="public"
disk0_type="virtio-blk"
disk0_name="disk0"
disk0_dev="sparse-zvol"
`

export function seedSmall(world: World): void {
  const now = world.now()
  world.setClock(now - 3 * HOUR)
  run(world, ['zfs', 'create', 'tank/home'])
  run(world, ['zfs', 'create', '-o', 'recordsize=1M', 'tank/media'])
  addBallast(world, dataset(world, 'tank/home'), 3 * GIB, 1.4)
  addBallast(world, dataset(world, 'tank/media'), 120 * GIB)
  makeDatastore(world)
  makeGuest(world, {
    name: 'alpha',
    conf: `${CONF}uuid="3f0c9c0a-91f1-11ef-9b2a-3cecef127a04"\nnetwork0_mac="58:9c:fc:0a:10:01"\n`,
    volume: { size: '4G', sparse: true, volblocksize: '16K' },
    label: 'alpha',
  })
  makeGuest(world, {
    name: 'beta',
    conf: `${CONF}uuid="4a1b7712-91f1-11ef-9b2a-3cecef127a04"\nnetwork0_mac="58:9c:fc:0a:10:02"\n`,
    volume: { size: '4G', sparse: false, volblocksize: '16K' },
    label: 'beta',
    colour: 'moss',
  })
  for (const [hours, tag] of [
    [2, 'first'],
    [1, 'second'],
  ] as const) {
    world.setClock(now - hours * HOUR)
    run(world, ['zfs', 'snapshot', `tank/home@${tag}`, `${DATASTORE}/alpha/disk0@${tag}`])
    addBallast(world, dataset(world, 'tank/home'), GIB / 4)
  }
  run(world, ['zfs', 'hold', 'keep', 'tank/home@first'])
  world.setClock(now)
  world.state.clockOffsetMs = 0
  world.commit()
}
