import { Ellipsis } from 'lucide-react'
import { Fragment, type ReactNode } from 'react'
import type { Vdev } from '../../server/pools/model.ts'
import { VDEV_STATES } from '../shell/state.ts'
import { count } from '../ui/format.ts'
import { MenuButton, type MenuItem } from '../ui/Menu.tsx'
import { ScrollArea } from '../ui/ScrollArea.tsx'
import { StateMark } from '../ui/State.tsx'

const GROUPS: readonly { group: Vdev['group']; title: string }[] = [
  { group: 'data', title: 'Data' },
  { group: 'special', title: 'Special' },
  { group: 'dedup', title: 'Dedup' },
  { group: 'logs', title: 'Log' },
  { group: 'cache', title: 'Cache' },
  { group: 'spares', title: 'Spares' },
]

/** The vdevs of a pool with state and errors, as `zpool status` nests them. */
export function VdevTree({
  vdevs,
  label,
  menu,
}: {
  vdevs: Vdev[]
  label: string
  /** Actions of one device. */
  menu: (vdev: Vdev) => MenuItem[]
}) {
  return (
    <ScrollArea label={label} className="overflow-x-auto rounded-lg border border-line bg-panel">
      <table className="w-full text-left">
        <thead className="bg-sunken text-muted text-sm">
          <tr className="h-8">
            <th scope="col" className="px-3 font-medium">
              Device
            </th>
            <th scope="col" className="px-3 font-medium">
              State
            </th>
            <th scope="col" className="px-3 text-right font-medium">
              Read errors
            </th>
            <th scope="col" className="px-3 text-right font-medium">
              Write errors
            </th>
            <th scope="col" className="px-3 text-right font-medium">
              Checksum errors
            </th>
            <th scope="col" className="px-3 font-medium">
              Note
            </th>
            <td className="w-10" />
          </tr>
        </thead>
        <tbody>
          {GROUPS.map(({ group, title }) => {
            const members = vdevs.filter(vdev => vdev.group === group)
            if (members.length === 0) return null
            return (
              <Fragment key={group}>
                {group !== 'data' && (
                  <tr className="h-8 border-line border-t">
                    <th scope="rowgroup" colSpan={7} className="px-3 font-semibold text-muted text-sm">
                      {title}
                    </th>
                  </tr>
                )}
                {members.map(vdev => rows(vdev, 0, menu))}
              </Fragment>
            )
          })}
        </tbody>
      </table>
    </ScrollArea>
  )
}

function rows(vdev: Vdev, depth: number, menu: (vdev: Vdev) => MenuItem[]): ReactNode {
  return (
    <Fragment key={`${vdev.group}-${vdev.name}`}>
      <tr className="h-8 border-line border-t">
        <th
          scope="row"
          className="px-3 font-mono font-normal text-sm whitespace-nowrap"
          style={{ paddingLeft: 12 + depth * 18 }}
        >
          {vdev.name}
        </th>
        <td className="px-3">
          <StateMark {...VDEV_STATES[vdev.state]} />
        </td>
        <Errors value={vdev.readErrors} />
        <Errors value={vdev.writeErrors} />
        <Errors value={vdev.checksumErrors} />
        <td className="px-3 text-muted">{vdev.note}</td>
        <td className="pr-1 text-right">
          {vdev.children.length === 0 && (
            <MenuButton iconOnly label={`Actions of ${vdev.name}`} items={() => menu(vdev)}>
              <Ellipsis aria-hidden size={16} />
            </MenuButton>
          )}
        </td>
      </tr>
      {vdev.children.map(child => rows(child, depth + 1, menu))}
    </Fragment>
  )
}

function Errors({ value }: { value: number }) {
  return (
    <td className={value > 0 ? 'px-3 text-right font-semibold text-bad' : 'px-3 text-right text-muted'}>
      {count(value)}
    </td>
  )
}
