/** The computer of the seeds: a small FreeBSD 14.5 server. */
import { newInterface } from './ifconfig/ifconfig.ts'
import { DAY, GIB, put } from './seed-tools.ts'
import type { World } from './world.ts'
import { HOLD_SCANS } from './zpool/scans.ts'

const RELEASE = '14.5-RELEASE-p2'
const DISK_BYTES = 4_000_787_030_016

export function seedMachine(world: World, hostname: string, disks: number): void {
  const { state } = world
  const now = world.now()
  state.hostname = hostname
  state.bootedAt = now - 41 * DAY
  for (let index = 0; index < disks; index++) {
    const name = `da${index}`
    state.disks[name] = {
      name,
      sizeBytes: DISK_BYTES,
      description: 'ATA WDC WD40EFRX-68N',
      ident: `WD-WCC7K${String(3_104_711 + index * 7919)}`,
    }
  }
  state.modules = ['zfs', 'cryptodev', 'coretemp', 'vmm', 'nmdm', 'bridgestp', 'if_bridge']
  state.sysctls = {
    'hw.model': 'Intel(R) Xeon(R) E-2278G CPU @ 3.40GHz',
    'hw.machine': 'amd64',
    'hw.machine_arch': 'amd64',
    'hw.ncpu': '8',
    'hw.physmem': String(64 * GIB - 386_547_712),
    'hw.realmem': String(64 * GIB),
    'hw.usermem': String(41 * GIB),
    'hw.pagesize': '4096',
    'hw.vmm.create': 'beavis',
    'hw.vmm.destroy': 'beavis',
    'hw.vmm.iommu.initialized': '0',
    'hw.vmm.maxcpu': '8',
    'hw.vmm.maxvmms': '32',
    'hw.vmm.ppt.devices': '1',
    'hw.vmm.vmx.initialized': '1',
    'hw.vmm.vmx.cap.unrestricted_guest': '1',
    'kern.clockrate': '{ hz = 1000, tick = 1000, profhz = 8128, stathz = 127 }',
    'kern.hostuuid': '00000000-0000-0000-0000-3cecef127a04',
    'kern.osreldate': '1405000',
    'kern.osrelease': RELEASE,
    'kern.ostype': 'FreeBSD',
    'kern.smp.cpus': '8',
    'kern.vm_guest': 'none',
    'kern.securelevel': '-1',
    'net.inet.ip.forwarding': '0',
    'net.link.bridge.member_ifaddrs': '1',
    'net.link.tap.up_on_open': '1',
    'net.link.tap.user_open': '0',
    'security.bsd.see_other_uids': '1',
    'vfs.usermount': '0',
    'vfs.zfs.arc.max': '0',
    'vfs.zfs.arc_max': '0',
    [HOLD_SCANS]: '0',
    'vfs.zfs.version.spa': '5000',
    'vfs.zfs.version.module': 'v2.2.7-FreeBSD_ge269af1b3',
    'vm.max_user_wired': '12437211',
  }
  network(world)
  systemProcesses(world)
}

function network(world: World): void {
  const ix0 = newInterface(world, 'ether', 'ix0')
  Object.assign(ix0, {
    up: true,
    mac: '3c:ec:ef:12:7a:04',
    media: 'Ethernet autoselect (10Gbase-T <full-duplex>)',
    inet: [{ address: '192.0.2.10', prefix: 24, broadcast: '192.0.2.255' }],
    inet6: [{ address: 'fe80::3eec:efff:fe12:7a04', prefix: 64 }],
  })
  const ix1 = newInterface(world, 'ether', 'ix1')
  Object.assign(ix1, { mac: '3c:ec:ef:12:7a:05', media: 'Ethernet autoselect' })
  const lo0 = newInterface(world, 'lo', 'lo0')
  Object.assign(lo0, {
    inet: [{ address: '127.0.0.1', prefix: 8, broadcast: null }],
    inet6: [
      { address: '::1', prefix: 128 },
      { address: 'fe80::1', prefix: 64 },
    ],
  })
  // vm-bhyve finds a switch by the group `viid-` and the first five letters of the md5 of its name.
  const open = newInterface(world, 'bridge', 'vm-public')
  Object.assign(open, { up: true, groups: ['bridge', 'vm-switch', 'viid-4c918@'], members: ['ix0'] })
  const lab = newInterface(world, 'bridge', 'vm-lab')
  Object.assign(lab, { up: true, groups: ['bridge', 'vm-switch', 'viid-f9664@'] })
  world.state.interfaces = { ix0, ix1, lo0, 'vm-public': open, 'vm-lab': lab }
}

function systemProcesses(world: World): void {
  const rows: [number, number, string, number][] = [
    [0, 0, 'kernel', 4],
    [1, 0, '/sbin/init', 1],
    [618, 1, '/sbin/devd', 2],
    [801, 1, '/usr/sbin/syslogd -s', 3],
    [874, 1, '/usr/sbin/ntpd -p /var/db/ntp/ntpd.pid -c /etc/ntp.conf -f /var/db/ntp/ntpd.drift', 7],
    [912, 1, '/usr/sbin/sshd', 9],
    [930, 1, '/usr/sbin/cron -s', 3],
  ]
  for (const [pid, ppid, command, mebibytes] of rows) {
    world.state.processes[String(pid)] = {
      pid,
      ppid,
      argv: command.split(' '),
      title: '',
      startedAt: world.state.bootedAt,
      rssBytes: mebibytes * 1024 ** 2,
      vm: null,
      real: false,
    }
  }
}

const FIRMWARE = '/usr/local/share/uefi-firmware'

/** Files below /etc and the firmware port's. */
export function machineFiles(world: World, options: { vmEnable: boolean; vmList: string }): void {
  put(world, '/etc/os-release', osRelease())
  put(world, '/etc/rc.conf', rcConf(world, options))
  put(world, '/etc/defaults/rc.conf', 'zfs_enable="NO"\nsshd_enable="NO"\ncron_enable="YES"\nkld_list=""\n')
  put(
    world,
    '/boot/loader.conf',
    'kern.geom.label.disk_ident.enable="0"\nzfs_load="YES"\nvmm_load="YES"\npptdevs="3/0/1"\n',
  )
  put(world, '/var/run/dmesg.boot', bootMessages())
  for (const name of ['BHYVE_UEFI.fd', 'BHYVE_UEFI_VARS.fd', 'BHYVE_UEFI_CODE.fd', 'BHYVE_BHF_UEFI.fd'])
    put(world, `${FIRMWARE}/${name}`, firmware(name))
  put(world, '/usr/local/sbin/grub-bhyve', 'stands for the program of the package grub2-bhyve\n')
}

/** Not firmware: the guest engine brings its own BIOS. bhyve wants whole pages. */
function firmware(name: string): Buffer {
  const pages = Buffer.alloc(64 * 1024)
  pages.write(`stands for edk2's ${name}\n`)
  return pages
}

function osRelease(): string {
  return `NAME=FreeBSD\nVERSION="${RELEASE}"\nVERSION_ID="14.5"\nID=freebsd\nANSI_COLOR="0;31"\nPRETTY_NAME="FreeBSD ${RELEASE}"\n`
}

function rcConf(world: World, options: { vmEnable: boolean; vmList: string }): string {
  const lines = [
    `hostname="${world.state.hostname}"`,
    'ifconfig_ix0="inet 192.0.2.10 netmask 255.255.255.0"',
    'defaultrouter="192.0.2.1"',
    'sshd_enable="YES"',
    'ntpd_enable="YES"',
    'zfs_enable="YES"',
    'kld_list="vmm nmdm if_bridge"   # guests',
  ]
  if (options.vmEnable)
    lines.push(
      '',
      '# vm-bhyve',
      'vm_enable="YES"',
      'vm_dir="zfs:tank/vms"',
      `vm_list="${options.vmList}"`,
      'vm_delay="5"',
    )
  return `${lines.join('\n')}\n`
}

function bootMessages(): string {
  return [
    'Copyright (c) 1992-2026 The FreeBSD Project.',
    `FreeBSD ${RELEASE} GENERIC amd64`,
    'FreeBSD clang version 19.1.7',
    'VT(efifb): resolution 1024x768',
    'CPU: Intel(R) Xeon(R) E-2278G CPU @ 3.40GHz (3408.00-MHz K8-class CPU)',
    '  Origin="GenuineIntel"  Id=0x906ed  Family=0x6  Model=0x9e  Stepping=13',
    '  Features2=0x7ffafbff<SSE3,PCLMULQDQ,DTES64,MON,DS_CPL,VMX,SMX,EST,TM2,SSSE3,FMA,CX16,AESNI,AVX,HYPERV>',
    '  VT-x: PAT,HLT,MTF,PAUSE,EPT,UG,VPID,VID,PostIntr',
    '  TSC: P-state invariant, performance statistics',
    'real memory  = 68719476736 (65536 MB)',
    'avail memory = 66722508800 (63631 MB)',
    'FreeBSD/SMP: Multiprocessor System Detected: 8 CPUs',
    'ix0: <Intel(R) X540-AT2> mem 0xfb800000-0xfb9fffff irq 16 at device 0.0 on pci3',
    'mpr0: <Avago Technologies (LSI) SAS3008> port 0xe000-0xe0ff irq 16 at device 0.0 on pci1',
    'ZFS filesystem version: 5',
    'ZFS storage pool version: features support (5000)',
    '',
  ].join('\n')
}
