/** Six guests of different kinds and in different states. */

import { practiceDisk } from './engine/practice.ts'
import { newInterface } from './ifconfig/ifconfig.ts'
import { DATASTORE, type Guest, makeGuest } from './seed-guests.ts'
import type { Life } from './seed-history.ts'
import { DAY, dataset, GIB, HOUR, MINUTE, put, putOnVolume } from './seed-tools.ts'
import { addBallast } from './store-lines.ts'
import type { World } from './world.ts'

const DEBIAN = `loader="uefi"
graphics="yes"
graphics_listen="127.0.0.1"
graphics_res="1024x768"
xhci_mouse="yes"
cpu=2
memory=2G
network0_type="virtio-net"
network0_switch="public"
disk0_type="virtio-blk"
disk0_name="disk0"
disk0_dev="zvol"
uuid="5c0e2f0e-6a0f-11ef-8d8a-3cecef127a04"
network0_mac="58:9c:fc:03:5e:21"
`

const WINDOWS = `loader="uefi"
uefi_vars="yes"
graphics="yes"
graphics_listen="127.0.0.1"
graphics_res="1600x900"
xhci_mouse="yes"
cpu=4
cpu_sockets=1
cpu_cores=4
memory=8G
network0_type="e1000"
network0_switch="public"
disk0_type="nvme"
disk0_name="disk0"
disk0_dev="zvol"
utctime="no"
uuid="91d3b8b4-6a0f-11ef-8d8a-3cecef127a04"
network0_mac="58:9c:fc:07:a1:90"
`

const OPENBSD = `loader="uefi"
graphics="yes"
graphics_listen="127.0.0.1"
cpu=1
memory=1G
network0_type="virtio-net"
network0_switch="lab"
disk0_type="virtio-blk"
disk0_name="disk0"
disk0_dev="sparse-zvol"
on_restart="shutdown"
uuid="b7c81c16-70a2-11ef-8d8a-3cecef127a04"
network0_mac="58:9c:fc:0b:44:0c"
`

const ROUTER = `loader="uefi"
graphics="yes"
graphics_listen="127.0.0.1"
graphics_port="5900"
xhci_mouse="yes"
cpu=1
memory=512M
network0_type="virtio-net"
network0_switch="public"
network1_type="virtio-net"
network1_switch="lab"
disk0_type="virtio-blk"
disk0_name="disk0"
disk0_dev="zvol"
uuid="d1240b5a-70a2-11ef-8d8a-3cecef127a04"
network0_mac="58:9c:fc:01:00:fe"
network1_mac="58:9c:fc:01:01:fe"
`

const BUILD = `loader="uefi"
graphics="yes"
graphics_listen="127.0.0.1"
cpu=4
memory=4G
network0_type="virtio-net"
network0_switch="lab"
disk0_type="nvme"
disk0_name="disk0"
disk0_dev="sparse-zvol"
priority="10"
uuid="e90d77d2-7f13-11ef-8d8a-3cecef127a04"
network0_mac="58:9c:fc:0e:21:77"
`

const LEGACY = `# legacy: the old mail host, moved here from the machine in the cellar
# Do not start it while the new one runs: same address!
loader="bhyveload"
loader_timeout=5
cpu=1			# it never needed more
memory=768M

# the disk image was made with dd, not by vm
disk0_type="ahci-hd"
disk0_name="disk.img"

network0_type="e1000"
network0_switch=public
network0_mac="58:9c:fc:00:7b:3d"
#network0_span="yes"

owner_note="ask before you delete"
backup_window="02:00-04:00"
uuid="0f6f57a8-1c0a-11e9-9a1d-3cecef127a04"
`

const GUESTS: Guest[] = [
  {
    name: 'debian01',
    conf: DEBIAN,
    volume: { size: '40G', sparse: false, volblocksize: '16K' },
    label: 'debian01',
    colour: 'honey',
    notes: ['installed'],
  },
  {
    name: 'win11',
    conf: WINDOWS,
    volume: { size: '80G', sparse: false, volblocksize: '16K' },
    label: 'win11',
    colour: 'sky',
  },
  {
    name: 'openbsd',
    conf: OPENBSD,
    volume: { size: '20G', sparse: true, volblocksize: '16K' },
    label: 'openbsd',
    colour: 'heather',
  },
  {
    name: 'router',
    conf: ROUTER,
    volume: { size: '8G', sparse: false, volblocksize: '16K' },
    label: 'router',
    colour: 'moss',
    notes: ['uplink is up'],
  },
  {
    name: 'freebsd-build',
    conf: BUILD,
    volume: { size: '60G', sparse: true, volblocksize: '64K' },
    label: 'build',
    colour: 'brick',
  },
  { name: 'legacy', conf: LEGACY, volume: null, label: null },
]

/** Makes them and tells how their disks lived; call before `live`. */
export function demoGuests(world: World, now: number): Life[] {
  for (const [index, guest] of GUESTS.entries()) {
    world.setClock(now - (210 - index * 13) * DAY)
    makeGuest(world, guest)
  }
  put(world, '/vm/legacy/disk.img', Buffer.alloc(2 * 1024 ** 2))
  put(world, '/vm/win11/uefi-vars.fd', Buffer.alloc(4096))
  endOfWin11(now, world)
  endOfOpenbsd(now, world)
  leftover(now, world)
  const disk = (name: string, held: number, ratio: number, churn: number): Life => {
    const volume = dataset(world, `${DATASTORE}/${name}/disk0`)
    addBallast(world, volume, held * GIB, ratio)
    return {
      dataset: volume,
      churnPerDay: churn * GIB,
      growthPerDay: 0,
      ratio,
      schedule: { hourly: 12, daily: 7, weekly: 4 },
    }
  }
  const noted = (agoMs: number, ...notes: string[]) => ({
    agoMs,
    write: () => putOnVolume(world, `${DATASTORE}/debian01/disk0`, practiceDisk('debian01', 'honey', notes)),
  })
  return [
    {
      ...disk('debian01', 11, 1.62, 0.5),
      manual: [{ tag: 'before-upgrade', agoMs: 2 * DAY + 5 * HOUR }],
      // Who goes back sees it: what was noted since is gone.
      written: [
        noted(2 * DAY + 4 * HOUR, 'installed', 'apt upgrade: 41 packages'),
        noted(20 * HOUR, 'installed', 'apt upgrade: 41 packages', 'web server moved to port 8080'),
      ],
    },
    { ...disk('win11', 43, 1.27, 1.2), manual: [{ tag: 'clean-install', agoMs: 120 * DAY }] },
    { ...disk('openbsd', 4.2, 1.5, 0.1), schedule: { daily: 7, weekly: 4 } },
    { ...disk('router', 1.4, 1.9, 0.05), schedule: { daily: 7, weekly: 4 } },
    { ...disk('freebsd-build', 24, 1.7, 6), schedule: { daily: 3 } },
  ]
}

const lines = (...entries: object[]) => entries.map(entry => `${JSON.stringify(entry)}\n`).join('')
const seconds = (ms: number) => Math.floor(ms / 1000)

/** What the supervisor's record looks like after a triple fault. */
function endOfWin11(now: number, world: World): void {
  const start = seconds(now - 9 * HOUR)
  put(
    world,
    '/vm/win11/.skep/runs.jsonl',
    lines(
      {
        start: start - 40_000,
        argv: ['bhyve', '-c', 'cpus=4,sockets=1,cores=4', '-m', '8G', '-AHPw', 'win11'],
      },
      { end: start - 200, exit: 0, output: '' },
      { start, argv: ['bhyve', '-c', 'cpus=4,sockets=1,cores=4', '-m', '8G', '-AHPw', 'win11'] },
      {
        end: start + 7_412,
        exit: 3,
        output:
          'vm exit[0]\n\treason\t\tVMX\n\trip\t\t0xfffff8045a3f1c20\n\tinst_length\t0\n\tstatus\t\t0\n\texit_reason\t2 (Triple fault)\n',
      },
    ),
  )
}

function endOfOpenbsd(now: number, world: World): void {
  const start = seconds(now - 3 * DAY)
  put(
    world,
    '/vm/openbsd/.skep/runs.jsonl',
    lines(
      { start, argv: ['bhyve', '-c', '1', '-m', '1G', '-AHPw', 'openbsd'] },
      { end: start + 18_211, exit: 1, output: '' },
    ),
  )
}

/** Its bhyve was killed: the lock, the kernel's object, the tap and the console file are still there. */
function leftover(now: number, world: World): void {
  const home = '/vm/freebsd-build'
  put(world, `${home}/run.lock`, `${world.state.hostname}\n`)
  put(world, `${home}/console`, 'com1=/dev/nmdm-freebsd-build.1B\nvnc=127.0.0.1:5904\n')
  put(
    world,
    `${home}/.skep/runs.jsonl`,
    lines({
      start: seconds(now - 26 * HOUR),
      argv: ['bhyve', '-c', '4', '-m', '4G', '-AHPw', 'freebsd-build'],
    }),
  )
  world.state.vmm['freebsd-build'] = {
    name: 'freebsd-build',
    pid: null,
    cpus: 4,
    memoryBytes: 4 * GIB,
    createdAt: now - 26 * HOUR + MINUTE,
  }
  const tap = newInterface(world, 'tap', 'tap7')
  tap.description = 'vmnet/freebsd-build/0/lab'
  tap.groups.push('vm-port')
  world.state.interfaces.tap7 = tap
  world.state.interfaces['vm-lab']?.members.push('tap7')
}
