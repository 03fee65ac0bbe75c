'use client'
import { useQuery } from '@tanstack/react-query'
import { lazy } from 'react'
import { explain } from '../errors.ts'
import { useDialogs } from '../shell/dialogs.tsx'
import { useConsoleTRPC } from '../trpc.tsx'
import { Button } from '../ui/Button.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Section } from '../ui/Page.tsx'
import { Loading } from '../ui/Spinner.tsx'
import { Badge } from '../ui/State.tsx'
import { Time } from '../ui/Time.tsx'
import { browserName } from './browserName.ts'

const ChangePasswordDialog = lazy(() => import('./ChangePasswordDialog.tsx'))
const SignOutEverywhereDialog = lazy(() => import('./SignOutEverywhereDialog.tsx'))

/** Where this account is signed in. */
export function SessionList() {
  const query = useQuery({ ...useConsoleTRPC().accounts.sessions.queryOptions(), staleTime: 0 })
  const open = useDialogs()
  return (
    <Section
      title="Your sessions"
      actions={
        <>
          <Button small onClick={() => open(close => <ChangePasswordDialog onClose={close} />)}>
            Change password…
          </Button>
          <Button small onClick={() => open(close => <SignOutEverywhereDialog onClose={close} />)}>
            Sign out everywhere…
          </Button>
        </>
      }
    >
      {query.error && !query.data && <ErrorNotice error={explain(query.error)} />}
      {!query.data && !query.error && <Loading what="your sessions" lines={2} />}
      {query.data && (
        <ul className="rounded-lg border border-line bg-panel">
          {query.data.map(session => (
            <li
              key={session.id}
              className="flex flex-wrap items-center gap-x-4 gap-y-0.5 border-line border-b px-4 py-2 last:border-b-0"
            >
              <span className="font-medium" title={session.userAgent}>
                {browserName(session.userAgent)}
              </span>
              {session.current && <Badge tone="ok">this browser</Badge>}
              <span className="font-mono text-muted text-sm">{session.address}</span>
              <span className="text-muted sm:ml-auto">
                seen <Time at={session.lastSeenAt} /> · signed in <Time at={session.createdAt} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}
