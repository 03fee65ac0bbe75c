'use client'
import { lazy, Suspense } from 'react'
import { useMaybeHost } from '../host.tsx'
import { useConnection } from '../live.tsx'
import { Banner } from '../ui/Banner.tsx'
import { HostSaid } from '../ui/ErrorNotice.tsx'
import { Time } from '../ui/Time.tsx'
import { useRole } from './me.ts'
import { useSeveralHosts } from './useHostList.ts'
import { useResources } from './useResources.ts'
import { useHostStatus } from './useStatus.ts'

const HostKeyRefused = lazy(() =>
  import('../system/HostKeyRefused.tsx').then(module => ({ default: module.HostKeyRefused })),
)

/** What surrounds every page: lost connection, silent host, a role that only looks. One line each, only while true. */
export function Banners() {
  const connection = useConnection()
  const host = useMaybeHost()
  const role = useRole()
  const several = useSeveralHosts()
  const lost = connection.state === 'lost'
  return (
    <div className="flex flex-col gap-2 empty:hidden [&:not(:empty)]:mb-4">
      {lost && (
        <Banner tone="warning" live title="The connection to the console is lost.">
          What you see was true <Time at={connection.since} />. It connects again by itself.
        </Banner>
      )}
      {!lost && host && <HostBanners />}
      {role === 'viewer' && (
        <Banner>
          {`You are signed in as viewer${several && host ? ' on this host' : ''}: you can look at everything and change nothing.`}
        </Banner>
      )}
    </div>
  )
}

function HostBanners() {
  const status = useHostStatus()
  const { error } = useResources()
  return (
    <>
      {status?.refusedKey && (
        <Suspense fallback={null}>
          <HostKeyRefused keys={status.refusedKey} heardAt={status.heardAt} />
        </Suspense>
      )}
      {status?.state === 'lost' && !status.refusedKey && (
        <Banner tone="bad" live title={status.reason ?? 'The host does not answer.'}>
          {status.heardAt !== null && (
            <>
              What you see is what it said <Time at={status.heardAt} />.{' '}
            </>
          )}
          Skep keeps trying.
        </Banner>
      )}
      {status?.state !== 'lost' && error && !error.signedOut && (
        <Banner tone="warning" live title={error.what}>
          {error.next}
          <HostSaid error={error} />
        </Banner>
      )}
    </>
  )
}
