'use client'
import { useQuery } from '@tanstack/react-query'
import { Ellipsis } from 'lucide-react'
import { useMemo } from 'react'
import { explain } from '../errors.ts'
import { useTRPC } from '../host.tsx'
import { roleReason } from '../shell/me.ts'
import { useTools } from '../shell/useTools.ts'
import { Button } from '../ui/Button.tsx'
import { Bytes } from '../ui/Bytes.tsx'
import { bytes, count, plural } from '../ui/format.ts'
import { MenuButton } from '../ui/Menu.tsx'
import { Spinner } from '../ui/Spinner.tsx'
import { destroySnapshots, selectionMenu } from './menu.tsx'

/** What destroying exactly the ticked ones would free: ZFS's own dry run, asked again as the ticks change. */
export function ReclaimMeter({
  snapshots,
  onClear,
}: {
  snapshots: ReadonlySet<string>
  onClear: () => void
}) {
  const tools = useTools()
  const names = useMemo(() => [...snapshots].sort(), [snapshots])
  const reclaim = useQuery({
    ...useTRPC().snapshots.reclaim.queryOptions({ snapshots: names }),
    staleTime: 5000,
    gcTime: 0,
    placeholderData: previous => previous,
  })
  const { data, error, isFetching, isPlaceholderData } = reclaim
  const shared = data ? data.freedBytes - data.aloneBytes : 0
  const free = data ? names.length - data.blocked.length : names.length
  return (
    <section
      aria-label="Selected snapshots"
      className="sticky bottom-3 z-10 mt-3 flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg border border-accent-line bg-panel px-4 py-2.5 shadow-float"
    >
      <strong className="font-semibold">{count(names.length)} selected</strong>
      <div role="status" className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-2">
        {error && !data ? (
          <span className="text-bad">{explain(error).what}</span>
        ) : data ? (
          <>
            <span className="text-muted">Destroying exactly these frees</span>
            <strong className={isPlaceholderData ? 'font-semibold opacity-50' : 'font-semibold'}>
              <Bytes value={data.freedBytes} />
            </strong>
            {shared > 0 && (
              <span className="text-faint text-sm">
                more than the {bytes(data.aloneBytes)} they hold alone: {bytes(shared)} is shared only among
                them
              </span>
            )}
            {data.blocked.length > 0 && (
              <span className="text-sm text-warn">
                {plural(data.blocked.length, 'snapshot')} cannot be destroyed: held or cloned
              </span>
            )}
          </>
        ) : (
          <span className="text-muted">Asking ZFS what they hold…</span>
        )}
        {isFetching && <Spinner />}
      </div>
      <div className="flex items-center gap-2">
        <Button look="quiet" onClick={onClear}>
          Clear
        </Button>
        <MenuButton
          iconOnly
          label="More for the selected snapshots"
          items={() => selectionMenu(names, tools)}
        >
          <Ellipsis aria-hidden size={16} />
        </MenuButton>
        <Button
          look="danger"
          disabled={
            roleReason(tools.role, 'operator') ?? (free === 0 ? 'All of them are held or cloned.' : null)
          }
          onClick={() => destroySnapshots(tools, names, onClear)}
        >
          Destroy {plural(names.length, 'snapshot')}…
        </Button>
      </div>
    </section>
  )
}
