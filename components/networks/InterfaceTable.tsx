'use client'
import { type ReactNode, useMemo } from 'react'
import type { HostInterface } from '../../server/networks/model.ts'
import { DataTable } from '../ui/DataTable.tsx'
import { StateMark } from '../ui/State.tsx'
import type { Column } from '../ui/table.ts'
import { trafficColumns } from './trafficColumns.tsx'
import type { Traffic } from './useTraffic.ts'

const FACTS: readonly Column<HostInterface>[] = [
  {
    id: 'name',
    header: 'Name',
    min: 110,
    grow: 1,
    always: true,
    cell: one => (
      <span className="truncate font-mono text-sm" title={one.description || undefined}>
        {one.name}
      </span>
    ),
    sort: one => one.name,
    text: one => `${one.name} ${one.description}`,
  },
  {
    id: 'state',
    header: 'State',
    min: 84,
    always: true,
    cell: one => <StateMark tone={one.isRunning ? 'ok' : 'idle'} word={one.isRunning ? 'Up' : 'Down'} />,
    sort: one => (one.isRunning ? 0 : 1),
  },
  {
    id: 'kind',
    header: 'Kind',
    min: 90,
    cell: one => kindOf(one),
    sort: kindOf,
    text: kindOf,
  },
  {
    id: 'addresses',
    header: 'Addresses',
    min: 200,
    grow: 2,
    cell: one => <span className="truncate font-mono text-sm">{one.addresses.join(' ')}</span>,
    sort: one => one.addresses[0] ?? null,
    text: one => one.addresses.join(' '),
  },
  {
    id: 'bridge',
    header: 'On bridge',
    min: 100,
    cell: one => <span className="truncate font-mono text-sm">{one.bridge ?? ''}</span>,
    sort: one => one.bridge,
    text: one => one.bridge ?? '',
  },
]

const LAST: readonly Column<HostInterface>[] = [
  {
    id: 'ether',
    header: 'MAC',
    min: 168,
    cell: one => <span className="font-mono text-sm">{one.ether ?? ''}</span>,
    sort: one => one.ether,
    text: one => one.ether ?? '',
  },
  { id: 'mtu', header: 'MTU', min: 70, align: 'right', cell: one => one.mtu, sort: one => one.mtu },
]

function kindOf({ kind, vlan }: HostInterface): string {
  return vlan
    ? `VLAN ${vlan.tag}`
    : kind === 'physical'
      ? 'Card'
      : `${kind[0]?.toUpperCase()}${kind.slice(1)}`
}

/** Interfaces with what goes over them now. */
export function InterfaceTable({
  name,
  label,
  rows,
  traffic,
  empty,
}: {
  name: string
  label: string
  rows: readonly HostInterface[] | undefined
  traffic: Traffic
  empty: ReactNode
}) {
  const columns = useMemo(
    () => [...FACTS, ...trafficColumns<HostInterface>(one => one.name, traffic), ...LAST],
    [traffic],
  )
  return (
    <DataTable
      name={name}
      label={label}
      columns={columns}
      rows={rows}
      rowId={one => one.name}
      error={traffic.error}
      initialSort={{ column: 'name', descending: false }}
      filterLabel={null}
      maxHeight="26rem"
      empty={empty}
    />
  )
}
