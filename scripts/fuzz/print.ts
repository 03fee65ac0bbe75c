/** The other direction: the text in which a program would tell what a parser has read. */
import type { NetworkInterface } from '../../server/host/ifconfig.ts'
import type { InterfaceCounters } from '../../server/host/netstat.ts'
import type { PciDevice } from '../../server/host/pciconf.ts'
import type { Process, ProcessTime } from '../../server/host/ps.ts'
import type { ZfsDataset } from '../../server/host/zfs/list.ts'
import type { OneProperty } from '../../server/host/zfs/properties.ts'
import type { ZfsBookmark, ZfsHold, ZfsSnapshot, ZfsSnapshotRow } from '../../server/host/zfs/snapshots.ts'
import type { ZpoolRow } from '../../server/host/zpool/list.ts'
import type { Conf } from '../../server/vms/conf.ts'

type Cell = string | number | null

/** Rows as `-Hp` prints them: a tab between fields, "-" for what does not apply. */
export function rows(lines: readonly (readonly Cell[])[]): string {
  return lines.map(cells => `${cells.map(cell => cell ?? '-').join('\t')}\n`).join('')
}

function onOff(value: boolean): string {
  return value ? 'on' : 'off'
}

export function printDatasets(datasets: readonly ZfsDataset[]): string {
  return rows(
    datasets.map(one => [
      ...[
        one.name,
        one.type,
        one.guid,
        one.createtxg,
        one.createdAt / 1000,
        one.usedBytes,
        one.availableBytes,
      ],
      ...[one.referencedBytes, one.usedByDataBytes, one.usedBySnapshotsBytes, one.usedByChildrenBytes],
      ...[
        one.usedByReservationBytes,
        one.compressRatio.toFixed(2),
        one.compression,
        one.checksum,
        one.encryption,
      ],
      one.mounted === null ? null : one.mounted ? 'yes' : 'no',
      ...[one.origin, one.volsizeBytes, one.volblocksizeBytes, one.refreservationBytes, onOff(one.readonly)],
      one.mountpoint,
    ]),
  )
}

function identity(one: ZfsSnapshotRow | ZfsBookmark): Cell[] {
  return [one.name, one.guid, one.createtxg, one.createdAt / 1000]
}

export function printIdentities(list: readonly (ZfsSnapshotRow | ZfsBookmark)[]): string {
  return rows(list.map(identity))
}

export function printSnapshots(snapshots: readonly ZfsSnapshot[]): string {
  return rows(
    snapshots.map(one => [
      ...identity(one),
      one.usedBytes,
      one.referencedBytes,
      one.holds,
      one.clones.join(','),
    ]),
  )
}

export function printHolds(holds: readonly ZfsHold[]): string {
  return rows(holds.map(one => [one.snapshot, one.tag, one.createdAt / 1000]))
}

export function printOneProperty(one: OneProperty | null): string {
  if (one === null) return '-\t-\n'
  const source = one.inheritedFrom === null ? one.source : `inherited from ${one.inheritedFrom}`
  return `${source === 'none' ? '-' : source}\t${one.value}\n`
}

export function printPools(pools: readonly ZpoolRow[]): string {
  return rows(
    pools.map(one => [
      ...[
        one.name,
        one.guid,
        one.health,
        one.sizeBytes,
        one.allocatedBytes,
        one.freeBytes,
        one.capacityPercent,
      ],
      ...[one.fragmentationPercent, one.dedupRatio.toFixed(2), onOff(one.readonly)],
    ]),
  )
}

export function printInterfaces(interfaces: readonly NetworkInterface[]): string {
  return interfaces
    .flatMap(one => [
      `${one.name}: flags=0<${one.flags.join(',')}> metric 0 mtu ${one.mtu}`,
      ...(one.description === '' ? [] : [`\tdescription: ${one.description}`]),
      ...(one.ether === null ? [] : [`\tether ${one.ether}`]),
      ...one.addresses.map(address => `\t${address.includes(':') ? 'inet6' : 'inet'} ${address} `),
      ...(one.groups.length > 0 ? [`\tgroups: ${one.groups.join(' ')}`] : []),
      ...one.members.map(member => `\tmember: ${member} flags=0<>`),
      ...(one.vlan === null
        ? []
        : [`\tvlan: ${one.vlan.tag} vlanproto: 802.1q vlanpcp: 0 parent interface: ${one.vlan.parent}`]),
      ...(one.openedBy === null ? [] : [`\tOpened by PID ${one.openedBy}`]),
    ])
    .map(line => `${line}\n`)
    .join('')
}

export function printProcesses(processes: readonly Process[]): string {
  return processes
    .map(one => {
      const cpu = Number.isInteger(one.cpuPercent) ? one.cpuPercent.toFixed(1) : String(one.cpuPercent)
      const figures = `${one.pid} ${one.ppid} 0 ${one.residentBytes / 1024} 0 ${cpu} ${one.elapsedSeconds}`
      return `${figures} S ${one.command}${one.args === '' ? '' : ` ${one.args}`}\n`
    })
    .join('')
}

export function printProcessTimes(times: readonly ProcessTime[]): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return times
    .map(({ pid, cpuSeconds, residentBytes }) => {
      const hundredths = Math.round(cpuSeconds * 100)
      const seconds = Math.floor(hundredths / 100)
      const time = `${Math.floor(seconds / 60)}:${two(seconds % 60)}.${two(hundredths % 100)}`
      return `${pid} ${time} ${residentBytes / 1024}\n`
    })
    .join('')
}

export function printPciDevices(devices: readonly PciDevice[]): string {
  return devices
    .flatMap(one => [
      `${one.name}@pci${one.domain}:${one.bus}:${one.slot}:${one.func}:\tclass=${one.class} rev=0x00 hdr=0x00 vendor=${one.vendor} device=${one.device}`,
      ...Object.entries({
        vendor: one.vendorName,
        device: one.deviceName,
        class: one.className,
        subclass: one.subclassName,
      }).flatMap(([word, value]) => (value === null ? [] : [`    ${word.padEnd(10)} = '${value}'`])),
    ])
    .map(line => `${line}\n`)
    .join('')
}

export function printConf(conf: Conf): string {
  return conf.entries.map(({ key, value }) => `${key}="${value}"\n`).join('')
}

export function printMap(values: ReadonlyMap<string, string | number>, between: string): string {
  return [...values].map(([key, value]) => `${key}${between}${value}\n`).join('')
}

export function printCounters(counters: readonly InterfaceCounters[]): string {
  const rows = counters.map((one, index) => ({
    name: one.name,
    network: `<Link#${index + 1}>`,
    'received-packets': one.receivedPackets,
    'received-errors': one.receiveErrors,
    'dropped-packets': one.dropped,
    'received-bytes': one.receivedBytes,
    'sent-packets': one.sentPackets,
    'send-errors': one.sendErrors,
    'sent-bytes': one.sentBytes,
  }))
  return JSON.stringify({ statistics: { interface: rows } })
}
