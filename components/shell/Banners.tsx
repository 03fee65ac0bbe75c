'use client'
import { useConnection } from '../live.tsx'
import { Banner } from '../ui/Banner.tsx'
import { Time } from '../ui/Time.tsx'
import { useMe } from './me.ts'
import { useResources } from './useResources.ts'
import { useHostStatus } from './useStatus.ts'

/** What surrounds every page: lost connection, silent host, a role that only looks. One line each, only while true. */
export function Banners() {
  const connection = useConnection()
  const status = useHostStatus()
  const me = useMe()
  const { error } = useResources()
  const lost = connection.state === 'lost'
  return (
    <div className="flex flex-col gap-2 empty:hidden [&:not(:empty)]:mb-4">
      {lost && (
        <Banner tone="warning" live title="The connection to the console is lost.">
          What you see was true <Time at={connection.since} />. It connects again by itself.
        </Banner>
      )}
      {!lost && status?.state === 'lost' && (
        <Banner tone="bad" live title={status.reason ?? 'The host does not answer.'}>
          {status.heardAt !== null && (
            <>
              What you see is what it said <Time at={status.heardAt} />.{' '}
            </>
          )}
          Skep keeps trying.
        </Banner>
      )}
      {!lost && status?.state !== 'lost' && error && !error.signedOut && (
        <Banner tone="warning" live title={error.what}>
          {error.next}
        </Banner>
      )}
      {me?.role === 'viewer' && (
        <Banner>You are signed in as viewer: you can look at everything and change nothing.</Banner>
      )}
    </div>
  )
}
