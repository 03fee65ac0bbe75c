/** vm-bhyve's datastore as `vm init` and a few years leave it. */
import { practiceDisk, practiceIso } from './engine/practice.ts'
import { put, putOnVolume, run } from './seed-tools.ts'
import type { World } from './world.ts'

export const DATASTORE = 'tank/vms'

const SYSTEM_CONF = `switch_list="public lab"
type_public="standard"
ports_public="ix0"
type_lab="standard"
private_lab="no"
`

const TEMPLATES: Record<string, string> = {
  default: `loader="bhyveload"
cpu=1
memory=256M
network0_type="virtio-net"
network0_switch="public"
disk0_type="virtio-blk"
disk0_name="disk0.img"
`,
  linux: `loader="uefi"
graphics="yes"
graphics_listen="127.0.0.1"
xhci_mouse="yes"
cpu=2
memory=2G
network0_type="virtio-net"
network0_switch="public"
disk0_type="virtio-blk"
disk0_name="disk0"
disk0_dev="sparse-zvol"
`,
  windows: `loader="uefi"
uefi_vars="yes"
graphics="yes"
graphics_listen="127.0.0.1"
xhci_mouse="yes"
cpu=4
memory=8G
network0_type="e1000"
network0_switch="public"
disk0_type="nvme"
disk0_name="disk0"
disk0_dev="zvol"
utctime="no"
`,
}

/** Makes the datastore, its system.conf, templates and the ISO to practise with. */
export function makeDatastore(world: World): void {
  run(world, ['zfs', 'create', '-o', 'mountpoint=/vm', DATASTORE])
  put(world, '/vm/.config/system.conf', SYSTEM_CONF)
  put(world, '/vm/.config/null.iso', '')
  for (const [name, text] of Object.entries(TEMPLATES)) put(world, `/vm/.templates/${name}.conf`, text)
  put(world, '/vm/.iso/skep-practice.iso', practiceIso())
  put(world, '/vm/vm-bhyve.log', '')
}

export type Guest = {
  name: string
  conf: string
  /** The zvol `disk0`; null where the disk is a file. */
  volume: { size: string; sparse: boolean; volblocksize: string } | null
  /** What the practice guest shows; null leaves the disk blank. */
  label: string | null
  colour?: Parameters<typeof practiceDisk>[1]
  notes?: string[]
}

export function makeGuest(world: World, guest: Guest): void {
  const home = `${DATASTORE}/${guest.name}`
  run(world, ['zfs', 'create', home])
  put(world, `/vm/${guest.name}/${guest.name}.conf`, guest.conf)
  if (!guest.volume) return
  const { size, sparse, volblocksize } = guest.volume
  const options = sparse ? ['-s'] : []
  run(world, [
    'zfs',
    'create',
    ...options,
    '-V',
    size,
    '-o',
    `volblocksize=${volblocksize}`,
    '-o',
    'volmode=dev',
    `${home}/disk0`,
  ])
  if (guest.label !== null)
    putOnVolume(world, `${home}/disk0`, practiceDisk(guest.label, guest.colour, guest.notes))
}
