'use client'
import { useEffect, useState } from 'react'
import type { Thumbnail as Picture } from '../../../server/console/model.ts'
import { useApi } from '../../host.tsx'
import { DataImage } from '../../ui/DataImage.tsx'

/** What a page shows small need not be smooth; an unchanged picture is not sent again. */
const EVERY_MS = 2000

type Shown = { png: string; live: boolean }

/** A guest's screen in small, kept up to date while it is in a page that somebody can see. */
export function Thumbnail({ guest, missing }: { guest: string; missing: string }) {
  const shown = useThumbnail(guest)
  return (
    <span className="grid aspect-[4/3] place-items-center overflow-hidden rounded-md bg-screen">
      {shown ? (
        <DataImage
          src={shown.png}
          alt={shown.live ? `Screen of ${guest}` : `Last picture of ${guest}`}
          className={shown.live ? '' : 'opacity-40 grayscale'}
        />
      ) : (
        <span className="px-2 text-center text-sm text-white/80">{missing}</span>
      )}
    </span>
  )
}

function useThumbnail(guest: string): Shown | null {
  const api = useApi()
  const [shown, setShown] = useState<Shown | null>(null)
  useEffect(() => {
    const ended = new AbortController()
    let known: string | null = null
    let timer: ReturnType<typeof setTimeout> | undefined
    const take = (picture: Picture | null) => {
      known = picture?.version ?? null
      setShown(before => {
        if (!picture) return null
        const png = picture.png ?? before?.png
        return png ? { png, live: picture.live } : null
      })
    }
    async function ask() {
      if (document.visibilityState === 'visible') {
        try {
          const picture = await api.vms.thumbnail.query({ vm: guest, known }, { signal: ended.signal })
          if (!ended.signal.aborted) take(picture)
        } catch {
          // The page says that its machine or Skep does not answer; the picture is asked for again.
        }
      }
      if (!ended.signal.aborted) timer = setTimeout(ask, EVERY_MS)
    }
    void ask()
    return () => {
      ended.abort()
      clearTimeout(timer)
    }
  }, [api, guest])
  return shown
}
