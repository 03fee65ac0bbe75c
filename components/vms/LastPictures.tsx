'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { LastPicturesInfo } from '../../server/console/model.ts'
import { useTRPC } from '../host.tsx'
import { Button } from '../ui/Button.tsx'
import { DataImage } from '../ui/DataImage.tsx'
import { Panel } from '../ui/Page.tsx'
import { Time } from '../ui/Time.tsx'

/** What the guest's screen showed before it ended: nothing where Skep did not look at it then. */
export function LastPictures({ guest }: { guest: string }) {
  const last = useQuery(useTRPC().vms.lastPictures.queryOptions({ vm: guest })).data
  return last ? <Pictures key={last.endedAt} guest={guest} last={last} /> : null
}

function Pictures({ guest, last }: { guest: string; last: LastPicturesInfo }) {
  const [index, setIndex] = useState(last.frames.length - 1)
  const { endedAt } = last
  const picture = useQuery({
    ...useTRPC().vms.lastPicture.queryOptions({ vm: guest, endedAt, index }),
    staleTime: Number.POSITIVE_INFINITY,
  }).data
  const at = last.frames[index] ?? endedAt
  const before = ((endedAt - at) / 1000).toFixed(1)
  return (
    <Panel
      title="Last on the screen"
      actions={
        <span className="text-muted text-sm">
          The screen ended <Time at={endedAt} />
        </span>
      }
    >
      <div className="grid aspect-[4/3] place-items-center overflow-hidden rounded-md bg-screen">
        {picture && <DataImage src={picture} alt={`Screen of ${guest}, ${before} s before it ended`} />}
      </div>
      <div className="mt-2 flex flex-wrap items-center gap-2">
        <Button
          small
          disabled={index === 0 ? 'This is the first.' : null}
          onClick={() => setIndex(index - 1)}
        >
          Earlier
        </Button>
        <Button
          small
          disabled={index === last.frames.length - 1 ? 'This is the last.' : null}
          onClick={() => setIndex(index + 1)}
        >
          Later
        </Button>
        <span role="status" className="text-muted text-sm">
          {before} s before the end, {index + 1} of {last.frames.length}
        </span>
        {picture && (
          <a
            href={picture}
            download={`${guest}-${new Date(at).toISOString().slice(0, 19).replaceAll(':', '')}.png`}
            className="ml-auto text-muted text-sm underline"
          >
            Save
          </a>
        )}
      </div>
      <p className="mt-2 text-muted text-sm">Kept in memory until Skep is started again.</p>
    </Panel>
  )
}
