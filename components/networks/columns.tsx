import type { SwitchRow } from '../../server/networks/model.ts'
import { usePaths } from '../host.tsx'
import { StateMark } from '../ui/State.tsx'
import { RowLink } from '../ui/TableRow.tsx'
import type { Column } from '../ui/table.ts'
import { kindWord, switchState } from './words.ts'

const missing = <span className="text-faint">–</span>

const mono = (text: string) =>
  text === '' ? missing : <span className="truncate font-mono text-sm">{text}</span>

const uplinks = (one: SwitchRow) => one.uplinks.map(each => each.name).join(' ')

export const SWITCH_COLUMNS: readonly Column<SwitchRow>[] = [
  {
    id: 'name',
    header: 'Name',
    min: 110,
    grow: 2,
    always: true,
    cell: one => <SwitchLink name={one.name} />,
    sort: one => one.name,
    text: one => one.name,
  },
  {
    id: 'state',
    header: 'State',
    min: 124,
    grow: 1,
    always: true,
    cell: one => (
      <span title={one.differences.join('\n') || undefined}>
        <StateMark {...switchState(one)} />
      </span>
    ),
    sort: one => switchState(one).word,
    text: one => `${switchState(one).word} ${one.differences.join(' ')}`,
  },
  {
    id: 'guests',
    header: 'Plugged in',
    min: 100,
    align: 'right',
    cell: one => `${one.plugs.filter(plug => plug.tap !== null).length} of ${one.plugs.length}`,
    sort: one => one.plugs.length,
    text: one => one.plugs.map(plug => `${plug.vm} ${plug.mac ?? ''} ${plug.tap ?? ''}`).join(' '),
  },
  {
    id: 'kind',
    header: 'Kind',
    min: 146,
    cell: one => <span className="truncate">{kindWord(one)}</span>,
    sort: kindWord,
    text: kindWord,
  },
  {
    id: 'uplinks',
    header: 'Uplinks',
    min: 110,
    grow: 1,
    cell: one => mono(uplinks(one)),
    sort: uplinks,
    text: uplinks,
  },
  {
    id: 'addresses',
    header: 'Addresses',
    min: 130,
    grow: 1,
    cell: one => mono(one.addresses.join(' ')),
    sort: one => one.addresses[0] ?? null,
    text: one => one.addresses.join(' '),
  },
  {
    id: 'bridge',
    header: 'Bridge',
    min: 110,
    cell: one => mono(one.bridge ?? ''),
    sort: one => one.bridge,
    text: one => one.bridge ?? '',
  },
  {
    id: 'private',
    header: 'Private',
    min: 80,
    cell: one => (one.declared?.isPrivate ? 'Yes' : 'No'),
    sort: one => (one.declared?.isPrivate ? 0 : 1),
  },
  {
    id: 'mtu',
    header: 'MTU',
    min: 70,
    align: 'right',
    cell: one => one.mtu ?? missing,
    sort: one => one.mtu,
  },
]

function SwitchLink({ name }: { name: string }) {
  return (
    <RowLink href={usePaths().network(name)} className="truncate font-medium">
      {name}
    </RowLink>
  )
}
