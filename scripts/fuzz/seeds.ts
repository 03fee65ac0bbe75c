/** Answers to begin with: the captures of real programs, and texts in the form of those that are not captured. */
import { type GoldenCase, goldenCases, reshape } from '../../server/host/golden/cases.testing.ts'
import {
  DATASET_COLUMNS,
  INDEX_COLUMNS,
  listings,
  rowsOf,
  SNAPSHOT_COLUMNS,
} from '../../server/host/zfs/testing.ts'
import { listPoolsArgv } from '../../server/host/zpool/list.ts'
import { goldenCase, goldenNames } from '../../server/vms/testing.ts'

const CASES = [...goldenCases('zfs'), ...goldenCases('zpool')].filter(each => each.exit === 0)

/** What succeeded with these words in its argv. */
function saying(...words: string[]): GoldenCase[] {
  return CASES.filter(each => words.every(word => each.argv.includes(word)))
}

function texts(cases: readonly GoldenCase[]): string[] {
  return [...new Set(cases.map(each => each.stdout))].filter(text => text !== '')
}

function column(each: GoldenCase): string[] {
  return each.argv[each.argv.indexOf('-o') + 1]?.split(',') ?? []
}

const LISTINGS = listings(DATASET_COLUMNS.filter(name => name !== 'checksum'))
const POOL_COLUMNS = listPoolsArgv()[4]?.split(',') ?? []
const WIDE_POOLS = saying('zpool', 'list', '-Hp', '-o').filter(each =>
  POOL_COLUMNS.every(name => column(each).includes(name)),
)
const ALL_OF_POOL = CASES.filter(each => /^zpool,get,-Hp,all,[a-z]+$/.test(each.argv.join(',')))

const SNAPSHOT_ROWS = LISTINGS.map(each => rowsOf(each, 'snapshot')).filter(text => text !== '')

export const ZFS = {
  datasets: LISTINGS.map(each => rowsOf(each, 'dataset')),
  snapshots: SNAPSHOT_ROWS,
  index: SNAPSHOT_ROWS.map(text => reshape(text, SNAPSHOT_COLUMNS, INDEX_COLUMNS)),
  bookmarks: LISTINGS.map(each => rowsOf(each, 'bookmark')).filter(text => text !== ''),
  holds: [
    ...texts(saying('zfs', 'holds', '-H')),
    'tank/a@b\tkeep\t1795365410\ntank/a@b\t%task:1\t1795365411\n',
  ],
  dryRuns: texts(saying('zfs', 'destroy', '-nvp')),
  versions: ['zfs-2.4.4-1\nzfs-kmod-2.4.4-1\n', 'zfs-2.2.4-FreeBSD_g256659204\n'],
  properties: [
    ...texts(saying('zfs', 'get', 'property,value,received,source')),
    'type\tvolume\t-\t-\nused\t12288\t-\t-\nreadonly\toff\t-\tdefault\nchecksum\ton\t-\tinherited from tank/a\na:b\tx\ty\t-\tlocal\nrest\n',
  ],
  oneProperty: ['local\tx\n', 'inherited from tank/a b\tone\ttwo\nthree\n', '-\t-\n', 'received\t\n'],
  userProperty: ['tank\t1\ntank/vms/a b\t{"x":1}\n', 'tank/a@x y\toff\n'],
  figures: ['used\t12288\nwritten@before\t0\navailable\t9007199254740991\n'],
} as const

export const ZPOOL = {
  status: texts(saying('zpool', 'status').filter(each => !each.argv.includes('-g'))),
  importable: texts(saying('zpool', 'import')),
  pools: WIDE_POOLS.map(each => reshape(each.stdout, column(each), POOL_COLUMNS)).filter(text => text !== ''),
  properties: texts(
    ALL_OF_POOL.map(each => ({
      ...each,
      stdout: reshape(each.stdout, ['name', 'property', 'value', 'source'], ['property', 'value', 'source']),
    })),
  ),
  io: texts(saying('zpool', 'iostat', '-Hp')).filter(text => !/^(\S+)\t[\s\S]*^\1\t/m.test(text)),
  events: texts(saying('zpool', 'events', '-vH')).map(text => text.slice(0, 6000)),
} as const

/** The paragraph behind `scan:` of every status. */
export const SCANS = ZPOOL.status.flatMap(text => /^ {2}scan: ([\s\S]*?)(?=^[a-z]+:)/m.exec(text)?.[1] ?? [])
/** The lines behind `config:` of pools named "tank". */
export const CONFIGS = ZPOOL.status
  .filter(text => text.startsWith('  pool: tank\n'))
  .flatMap(text => /^config:\n([\s\S]*?)(?=^errors:)/m.exec(text)?.[1] ?? [])

export const CONFS = goldenNames()
  .map(name => goldenCase(name).conf)
  .filter(text => text !== '')
export const SYSTEM_CONFS = [...new Set(goldenNames().map(name => goldenCase(name).system))].filter(
  text => text !== '',
)

export const RC_CONFS = [
  '# host\nhostname="nas"\nvm_enable="YES"\nvm_dir="zfs:tank/vms" # here\nvm_list="web1 db1"\nvm_delay=5\n',
  `vm_dir='/vm'; vm_list=web1\\ db1\nexport vm_enable=on\nifconfig_em0="inet 192.0.2.1/24 \${x}"\n  a="b\nc"\n`,
]

export const IFCONFIG = [
  `em0: flags=1008943<UP,BROADCAST,RUNNING,PROMISC,SIMPLEX,MULTICAST,LOWER_UP> metric 0 mtu 1500
\toptions=4e504bb<RXCSUM,TXCSUM,VLAN_MTU>
\tether 58:9c:fc:00:00:01
\tinet 192.0.2.10 netmask 0xffffff00 broadcast 192.0.2.255
\tinet6 fe80::1%em0 prefixlen 64 scopeid 0x1
\tmedia: Ethernet autoselect (1000baseT <full-duplex>)
\tstatus: active
\tnd6 options=23<PERFORMNUD,ACCEPT_RTADV,AUTO_LINKLOCAL>
vm-public: flags=1008843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST,LOWER_UP> metric 0 mtu 1500
\tdescription: vm/public
\toptions=0
\tether 0a:11:22:33:44:55
\tid 00:00:00:00:00:00 priority 32768 hellotime 2 fwddelay 15
\tmember: tap0 flags=143<LEARNING,DISCOVER,AUTOEDGE,AUTOPTP>
\t        port 5 priority 128 path cost 2000000
\tmember: em0 flags=143<LEARNING,DISCOVER,AUTOEDGE,AUTOPTP>
\tgroups: bridge vm-switch viid-4c918@
tap0: flags=1008943<UP,BROADCAST,RUNNING,PROMISC,SIMPLEX,MULTICAST,LOWER_UP> metric 0 mtu 1500
\tdescription: vmnet/web1/0/public
\tgroups: tap vm-port
\tOpened by PID 4242
lo0: flags=1008049<UP,LOOPBACK,RUNNING,MULTICAST,LOWER_UP> metric 0 mtu 16384
\tinet6 ::1 prefixlen 128
\tinet 127.0.0.1 netmask 0xff000000
\tgroups: lo
`,
]

export const PS = [
  `    0     0   0       0       0   0.0  8640 DLs  kernel     [kernel]
    1     0   0    1184   11664   0.0  8640 ILs  init       /sbin/init
   14     0   0       0      16   0.0 -3599 DL   pf purge   [pf purge]
 1044     1   0       0   13020   0.0 -     IWs  getty      <getty>
 4242     1   0 1048576 2097152  12.5  3600 SC   bhyve      bhyve: web1 (bhyve)
 4243     1   0    2048   13000   0.0  3600 Is   daemon     daemon: /bin/sh[4244] (daemon)
`,
]

export const PS_TIMES = ['    7    0:00.00   2048\n 4242 12345:06.78 1048576\n']

export const PCICONF = [
  `hostb0@pci0:0:0:0:\tclass=0x060000 rev=0x00 hdr=0x00 vendor=0x8086 device=0x1237 subvendor=0x0000 subdevice=0x0000
    vendor     = 'Intel Corporation'
    device     = '440FX - 82441FX PMC [Natoma]'
    class      = bridge
    subclass   = HOST-PCI
ppt0@pci0:2:0:0:\tclass=0x020000 rev=0x01 hdr=0x00 vendor=0x8086 device=0x1533 subvendor=0x8086 subdevice=0x0001
    vendor     = 'Intel Corporation'
    device     = 'I210 Gigabit Network Connection'
    class      = network
    subclass   = ethernet
none0@pci0:3:31:7:\tclass=0x0c0330 rev=0x04 hdr=0x00 vendor=0x1b21 device=0x2142 subvendor=0x0000 subdevice=0x0000
`,
]

export const SYSCTL = [
  'kern.hostname=nas\nhw.ncpu=8\nhw.model=AMD Ryzen 7 = fast\nhw.physmem=34359738368\nkern.boottime={ sec = 1700000000, usec = 123456 } Tue Nov 14 22:13:20 2023\nkern.cp_time=1 2 3 4 5\n',
]

export const LOAD = [
  'kern.cp_time=1 2 3 4 5\nvm.stats.vm.v_page_size=4096\nvm.stats.vm.v_page_count=2000000\nvm.stats.vm.v_free_count=500000\nvm.stats.vm.v_inactive_count=1000\nvm.stats.vm.v_laundry_count=0\nkstat.zfs.misc.arcstats.size=123456789\n',
]

export const SSH_ADDRESSES = ['ssh://root@nas', 'ssh://a.b@example.org:2222', 'ssh://skep@[fe80::1%em0]:22']

export const PROC = [
  `cpu  1000 20 300 40000 50 6 7 8 0 0
cpu0 500 10 150 20000 25 3 3 4 0 0
cpu1 500 10 150 20000 25 3 4 4 0 0
btime 1795365410
MemTotal:       32768000 kB
MemFree:         1000000 kB
MemAvailable:   20000000 kB
model name\t: Some Processor
size                            4    1073741824
`,
]

export const ISCSI = [
  'Target name                          Target portal    State\niqn.2012-06.com.example:target0      10.0.0.9         Connected: da0 da1\niqn.2012-06.com.example:other        10.0.0.9         Connected: da2\n',
]

export const RUNS = [
  '\n{"start":1795365410,"argv":["bhyve","-c","2","web1"]}\n{"end":1795365500,"exit":0,"output":"fbuf frame buffer base: 0x1\\n"}\n{"start":1795365501,"argv":["bhyve","web1"]}\n{"failed":"ifconfig tap create: no","at":1795365600}\n',
]

export const NETSTAT = [
  '{"statistics": {"interface": [{"name":"vtnet0","flags":"0x8863","mtu":1500,"network":"<Link#1>","address":"58:9c:fc:7b:2f:db","received-packets":14409097,"received-errors":0,"dropped-packets":0,"received-bytes":3661133356,"sent-packets":14006498,"send-errors":0,"sent-bytes":4606661018,"collisions":0}, {"name":"vtnet0","flags":"0x8863","network":"203.0.113.4/32","address":"203.0.113.4","received-packets":11897156,"received-bytes":2242504526,"sent-packets":12708744,"sent-bytes":4372534465}, {"name":"lo0","flags":"0x8049","mtu":16384,"network":"<Link#2>","address":"lo0","received-packets":18539596,"received-errors":0,"dropped-packets":0,"received-bytes":7314451024,"sent-packets":18539596,"send-errors":0,"sent-bytes":7314451024,"collisions":0}]}}',
]
