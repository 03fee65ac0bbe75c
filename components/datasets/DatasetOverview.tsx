'use client'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import type { DatasetDetail } from '../../server/datasets/model.ts'
import { usePaths, useTRPC } from '../host.tsx'
import { Bytes } from '../ui/Bytes.tsx'
import { CodeBlock } from '../ui/Copy.tsx'
import { KeyValues, Panel } from '../ui/Page.tsx'
import { Time } from '../ui/Time.tsx'
import { SpacePanel } from './SpacePanel.tsx'

const code = (text: string) => <span className="font-mono text-sm break-all">{text}</span>

function DatasetLink({ name }: { name: string }) {
  return (
    <Link
      href={usePaths().dataset(name)}
      className="font-mono text-sm break-all underline decoration-edge underline-offset-2"
    >
      {name}
    </Link>
  )
}

/** Where the space went, what it came from and what hangs on it. */
export function DatasetOverview({ dataset }: { dataset: DatasetDetail }) {
  const all = useQuery(useTRPC().datasets.list.queryOptions())
  const prefix = `${dataset.name}/`
  const children = (all.data?.value ?? [])
    .filter(each => each.name.startsWith(prefix) && !each.name.slice(prefix.length).includes('/'))
    .sort((a, b) => b.usedBytes - a.usedBytes)
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-2">
      <SpacePanel dataset={dataset} below={children.length} />
      <div className="flex min-w-0 flex-col gap-4">
        <Panel title="What it is">
          <KeyValues
            items={[
              ['Created', <Time key="t" at={dataset.createdAt} />],
              ['Clone of', dataset.origin ? code(dataset.origin) : null],
              [
                'Clones',
                dataset.clones.length > 0 ? (
                  <ul key="c">
                    {dataset.clones.map(clone => (
                      <li key={clone}>
                        <DatasetLink name={clone} />
                      </li>
                    ))}
                  </ul>
                ) : null,
              ],
              [
                'Mount point',
                dataset.mountpoint
                  ? code(`${dataset.mountpoint}${dataset.mounted ? '' : ' (not mounted)'}`)
                  : null,
              ],
              ['Read-only', dataset.readonly ? 'Yes' : null],
              [
                'Keeps',
                dataset.keptFrom ? (
                  <span key="k">
                    an earlier present of <DatasetLink name={dataset.keptFrom} />; it can be swapped back
                  </span>
                ) : null,
              ],
              ['GUID', code(dataset.guid)],
              [
                'Bookmarks',
                dataset.bookmarks.length > 0 ? (
                  <ul key="b">
                    {dataset.bookmarks.map(bookmark => (
                      <li key={bookmark.name}>
                        {code(bookmark.name)}{' '}
                        <Time at={bookmark.createdAt} className="whitespace-nowrap text-muted" />
                      </li>
                    ))}
                  </ul>
                ) : null,
              ],
            ]}
          />
        </Panel>
        {dataset.type === 'volume' ? (
          <Panel title="Device">
            <CodeBlock text={`/dev/zvol/${dataset.name}`} label="Device" />
          </Panel>
        ) : (
          children.length > 0 && (
            <Panel title="Largest below it">
              <ul className="flex flex-col gap-1">
                {children.slice(0, 12).map(child => (
                  <li key={child.name} className="flex gap-3">
                    <span className="min-w-0 flex-1 truncate">
                      <DatasetLink name={child.name} />
                    </span>
                    <Bytes value={child.usedBytes} />
                  </li>
                ))}
              </ul>
            </Panel>
          )
        )}
      </div>
    </div>
  )
}
