/**
 * Every parser of what a program said or of what somebody else's file holds: to be fuzzed, a parser needs a line here.
 * fuzz.test.ts walks the rooms and fails for a `parse…` that has none.
 */
import { parseAddress } from '../../server/host/address.ts'
import { parseSlot } from '../../server/host/bhyve/device-traps.ts'
import { parseDiskinfo } from '../../server/host/diskinfo.ts'
import { parseFetchSize } from '../../server/host/fetch.ts'
import { parseFreebsdVersion, parseRelease } from '../../server/host/freebsd-version.ts'
import { parseInterfaces } from '../../server/host/ifconfig.ts'
import { iscsiDevice } from '../../server/host/iscsictl.ts'
import { parseLinuxFacts, parseLinuxLoad, parseOsRelease } from '../../server/host/machine/linux.ts'
import { parseLoad } from '../../server/host/machine.ts'
import { parseInterfaceCounters } from '../../server/host/netstat.ts'
import { parsePciconf } from '../../server/host/pciconf.ts'
import { parseProcesses, parseProcessTimes } from '../../server/host/ps.ts'
import { parseSha256 } from '../../server/host/sha256.ts'
import { formatSshAddress, parseSshAddress } from '../../server/host/ssh-address.ts'
import { parseBootTime, parseCpuTime, parseSysctl } from '../../server/host/sysctl.ts'
import { parseUname } from '../../server/host/uname.ts'
import { parseDestroyDryRun } from '../../server/host/zfs/destroy.ts'
import { parseDatasets } from '../../server/host/zfs/list.ts'
import { parseObjsetIds } from '../../server/host/zfs/objset.ts'
import {
  parseFigures,
  parseOneProperty,
  parseProperties,
  parseUserProperty,
} from '../../server/host/zfs/properties.ts'
import { parseRows } from '../../server/host/zfs/rows.ts'
import {
  parseBookmarks,
  parseHolds,
  parseSnapshotIndex,
  parseSnapshots,
} from '../../server/host/zfs/snapshots.ts'
import { parseZfsVersion } from '../../server/host/zfs/version.ts'
import { parseCtime, parseSpan } from '../../server/host/zpool/clock.ts'
import { parsePoolEvents } from '../../server/host/zpool/events.ts'
import { parseImportable } from '../../server/host/zpool/import.ts'
import { parsePoolIo } from '../../server/host/zpool/iostat.ts'
import { parsePoolProperties, parsePools } from '../../server/host/zpool/list.ts'
import { parseScan, parseShortSize } from '../../server/host/zpool/scan.ts'
import { parsePoolStatus } from '../../server/host/zpool/status.ts'
import { parseConfig } from '../../server/host/zpool/vdevs.ts'
import { parseConf } from '../../server/vms/conf.ts'
import { parseRuns } from '../../server/vms/runs.ts'
import { datastores, parseShellAssignments, rcConf, switches } from '../../server/vms/system-conf.ts'
import { type Parser, type ParserSpec, parser } from './parser.ts'
import * as print from './print.ts'
import * as seeds from './seeds.ts'

/** Rows of `-Hp`: one way to say a thing, whole lines, none twice. */
function tabular<Value>(spec: Omit<ParserSpec<Value>, 'misfit'>): Parser {
  return parser({ misfit: 'unreadable', exact: true, lines: true, keyed: true, ...spec })
}

/** A whole answer of one record. */
function record<Value>(spec: Omit<ParserSpec<Value>, 'misfit'>): Parser {
  return parser({ misfit: 'unreadable', lines: true, ...spec })
}

/** A field on its own: null where it is not what it should be. */
function field<Value>(spec: Omit<ParserSpec<Value>, 'misfit'>): Parser {
  return parser({ misfit: 'null', ...spec })
}

/** What a person or a setting says. */
function given<Value>(spec: Omit<ParserSpec<Value>, 'misfit'>): Parser {
  return parser({ misfit: 'invalid', ...spec })
}

function file<Value>(spec: Omit<ParserSpec<Value>, 'misfit'>): Parser {
  return parser({ misfit: 'takes anything', ...spec })
}

// biome-ignore format: a line a parser
export const PARSERS: readonly Parser[] = [
  tabular({ program: 'zfs list', name: 'parseDatasets', parse: parseDatasets, seeds: seeds.ZFS.datasets, print: print.printDatasets, exact: false }),
  tabular({ program: 'zfs list', name: 'parseSnapshots', parse: parseSnapshots, seeds: seeds.ZFS.snapshots, print: print.printSnapshots, exact: false }),
  tabular({ program: 'zfs list', name: 'parseSnapshotIndex', parse: parseSnapshotIndex, seeds: seeds.ZFS.index, print: print.printIdentities }),
  tabular({ program: 'zfs list', name: 'parseBookmarks', parse: parseBookmarks, seeds: seeds.ZFS.bookmarks, print: print.printIdentities }),
  tabular({ program: 'zfs list', name: 'parseRows', parse: text => parseRows('zfs list', ['a', 'b'], text, ['a']), seeds: ['x\ty\nz\t\n'], print: rows => print.rows(rows.map(row => [row.a, row.b])) }),
  tabular({ program: 'zfs holds', name: 'parseHolds', parse: parseHolds, seeds: seeds.ZFS.holds, print: print.printHolds, exact: false }),
  tabular({ program: 'zfs get', name: 'parseUserProperty', parse: parseUserProperty, seeds: seeds.ZFS.userProperty, print: values => print.printMap(values, '\t') }),
  tabular({ program: 'zfs get', name: 'parseFigures', parse: parseFigures, seeds: seeds.ZFS.figures, print: values => print.printMap(values, '\t') }),
  tabular({ program: 'zfs get', name: 'parseObjsetIds', parse: parseObjsetIds, seeds: ['tank/vms/web1/disk0\t54\nb c/d\t18446744073709551615\n'], print: ids => print.printMap(ids, '\t') }),
  record({ program: 'zfs get', name: 'parseProperties', parse: parseProperties, seeds: seeds.ZFS.properties }),
  record({ program: 'zfs get', name: 'parseOneProperty', parse: parseOneProperty, seeds: seeds.ZFS.oneProperty, print: print.printOneProperty, exact: true, lines: false }),
  record({ program: 'zfs destroy -nvp', name: 'parseDestroyDryRun', parse: parseDestroyDryRun, seeds: seeds.ZFS.dryRuns, print: one => print.rows([...one.victims.map(name => ['destroy', name]), ...(one.reclaimBytes === null ? [] : [['reclaim', one.reclaimBytes]])]) }),
  record({ program: 'zfs version', name: 'parseZfsVersion', parse: parseZfsVersion, seeds: seeds.ZFS.versions, print: one => `zfs-${one.userland}\n${one.kernel === null ? '' : `zfs-kmod-${one.kernel}\n`}`, exact: true }),
  tabular({ program: 'zpool list', name: 'parsePools', parse: parsePools, seeds: [...seeds.ZPOOL.pools, 'a b\t18027694189143447123\tSUSPENDED\t1006632960\t43515904\t963117056\t4\t-\t1.00\toff\n'], print: print.printPools }),
  tabular({ program: 'zpool get', name: 'parsePoolProperties', parse: parsePoolProperties, seeds: seeds.ZPOOL.properties, print: list => print.rows(list.map(one => [one.name, one.value, one.source === 'none' ? '-' : one.source])) }),
  tabular({ program: 'zpool iostat -Hpy', name: 'parsePoolIo', parse: parsePoolIo, seeds: seeds.ZPOOL.io, print: list => print.rows(list.map(one => [one.name, '-', '-', one.reads, one.writes, one.readBytes, one.writtenBytes])), exact: false }),
  record({ program: 'zpool status', name: 'parsePoolStatus', parse: parsePoolStatus, seeds: seeds.ZPOOL.status }),
  record({ program: 'zpool status', name: 'parseConfig', parse: text => parseConfig('tank', text.split('\n'), text), seeds: seeds.CONFIGS, lines: false }),
  record({ program: 'zpool status', name: 'parseScan', parse: text => parseScan(text.split('\n')), seeds: seeds.SCANS, lines: false }),
  file({ program: 'zpool events', name: 'parsePoolEvents', parse: parsePoolEvents, seeds: seeds.ZPOOL.events }),
  record({ program: 'zpool import', name: 'parseImportable', parse: parseImportable, seeds: seeds.ZPOOL.importable }),
  field({ program: 'zpool status', name: 'parseShortSize', parse: parseShortSize, seeds: ['41.5M', '0B', '182K', '12'] }),
  field({ program: 'zpool status', name: 'parseCtime', parse: parseCtime, seeds: ['Sun Nov 22 09:52:54 2026', 'Sun Nov  1 00:00:60 2026'] }),
  field({ program: 'zpool status', name: 'parseSpan', parse: parseSpan, seeds: ['00:00:19', '1 days 02:03:04'] }),
  record({ program: 'ifconfig -a', name: 'parseInterfaces', parse: parseInterfaces, seeds: seeds.IFCONFIG, print: print.printInterfaces }),
  record({ program: 'netstat -ibn', name: 'parseInterfaceCounters', parse: parseInterfaceCounters, seeds: seeds.NETSTAT, print: print.printCounters, lines: false }),
  record({ program: 'ps', name: 'parseProcesses', parse: parseProcesses, seeds: seeds.PS, print: print.printProcesses, keyed: true }),
  record({ program: 'ps', name: 'parseProcessTimes', parse: parseProcessTimes, seeds: seeds.PS_TIMES, print: print.printProcessTimes, keyed: true }),
  record({ program: 'pciconf -lv', name: 'parsePciconf', parse: parsePciconf, seeds: seeds.PCICONF, print: print.printPciDevices, keyed: true }),
  record({ program: 'sysctl -ie', name: 'parseSysctl', parse: parseSysctl, seeds: seeds.SYSCTL, print: values => print.printMap(values, '='), keyed: true }),
  field({ program: 'sysctl', name: 'parseBootTime', parse: parseBootTime, seeds: ['{ sec = 1700000000, usec = 123456 } Tue Nov 14 22:13:20 2023'] }),
  field({ program: 'sysctl', name: 'parseCpuTime', parse: parseCpuTime, seeds: ['1 2 3 4 5'], print: ticks => ticks?.join(' ') ?? '' }),
  record({ program: 'sysctl -ie', name: 'parseLoad', parse: text => parseLoad(parseSysctl(text)), seeds: seeds.LOAD }),
  record({ program: 'uname -sr', name: 'parseUname', parse: parseUname, seeds: ['FreeBSD 14.5-RELEASE-p2\n', 'Linux 6.1.0\n'], print: one => `${one.system} ${one.release}\n`, exact: true }),
  record({ program: 'freebsd-version -ku', name: 'parseFreebsdVersion', parse: parseFreebsdVersion, seeds: ['14.5-RELEASE-p2\n14.5-RELEASE-p1\n'], print: one => `${one.kernel}\n${one.userland}\n`, exact: true }),
  field({ program: 'freebsd-version', name: 'parseRelease', parse: parseRelease, seeds: ['14.5-RELEASE-p2', '16.0-CURRENT', '15.1-BETA2'], print: one => one && `${one.major}.${one.minor}-${one.branch}-p${one.patch}` || '' }),
  record({ program: 'cat /proc/…', name: 'parseLinuxFacts', parse: parseLinuxFacts, seeds: seeds.PROC }),
  record({ program: 'cat /proc/…', name: 'parseLinuxLoad', parse: parseLinuxLoad, seeds: seeds.PROC }),
  field({ program: 'os-release', name: 'parseOsRelease', parse: parseOsRelease, seeds: ['NAME=x\nPRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n'] }),
  field({ program: 'iscsictl -L', name: 'iscsiDevice', parse: text => iscsiDevice(text, 'target0/1'), seeds: seeds.ISCSI }),
  field({ program: 'bhyve -s', name: 'parseSlot', parse: parseSlot, seeds: ['0:4:1', '31', '5:0'], print: one => one === null ? '' : `${one.bus}:${one.slot}:${one.func}` }),
  given({ program: 'SKEP_HOST', name: 'parseAddress', parse: parseAddress, seeds: ['local:', 'sandbox:/tmp/a b', ...seeds.SSH_ADDRESSES], print: one => one.text }),
  given({ program: 'ssh://', name: 'parseSshAddress', parse: parseSshAddress, seeds: seeds.SSH_ADDRESSES, print: formatSshAddress }),
  record({ program: 'fetch -s', name: 'parseFetchSize', parse: parseFetchSize, seeds: ['1474873344\n', 'Unknown\n', '0\n'], print: bytes => `${bytes ?? 'Unknown'}\n` }),
  tabular({ program: 'diskinfo', name: 'parseDiskinfo', parse: parseDiskinfo, seeds: ['da0\t512\t4000787030016\t7814037168\t4096\t0\t486401\t255\t63\nmd0\t512\t1073741824\t2097152\t0\t0\n'], print: disks => print.rows([...disks].map(([name, one]) => [name, one.sectorBytes, one.sizeBytes, Math.floor(one.sizeBytes / one.sectorBytes), 0, 0])), exact: false }),
  record({ program: 'sha256 -q', name: 'parseSha256', parse: parseSha256, seeds: ['e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n'], print: digest => `${digest}\n`, exact: true }),
  file({ program: 'NAME.conf', name: 'parseConf', parse: parseConf, seeds: seeds.CONFS, print: print.printConf }),
  file({ program: 'system.conf', name: 'switches', parse: text => switches(parseConf(text)), seeds: seeds.SYSTEM_CONFS }),
  file({ program: 'system.conf', name: 'datastores', parse: text => datastores('/vm', parseConf(text), new Map()), seeds: seeds.SYSTEM_CONFS }),
  file({ program: 'rc.conf', name: 'parseShellAssignments', parse: text => parseShellAssignments([text]), seeds: seeds.RC_CONFS }),
  file({ program: 'rc.conf', name: 'rcConf', parse: text => rcConf(parseShellAssignments([text])), seeds: seeds.RC_CONFS }),
  file({ program: 'runs.jsonl', name: 'parseRuns', parse: parseRuns, seeds: seeds.RUNS }),
]
