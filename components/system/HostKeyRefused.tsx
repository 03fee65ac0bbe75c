'use client'
import { useQuery } from '@tanstack/react-query'
import { lazy } from 'react'
import { mayAct } from '../../server/accounts/model.ts'
import type { RefusedKey } from '../../server/errors.ts'
import type { HostConfig, SignIn } from '../../server/hosts/model.ts'
import { explain } from '../errors.ts'
import { useHost } from '../host.tsx'
import { useDialogs } from '../shell/dialogs.tsx'
import { useMe } from '../shell/me.ts'
import { useHostName } from '../shell/useHostList.ts'
import { useConsoleTRPC } from '../trpc.tsx'
import { Banner } from '../ui/Banner.tsx'
import { Button } from '../ui/Button.tsx'
import { Code } from '../ui/Copy.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Time } from '../ui/Time.tsx'
import { TwoKeys } from './HostKey.tsx'

const ChangeSignInDialog = lazy(() => import('./ChangeSignInDialog.tsx'))

/** Above every page of a host whose address shows another host key: what happened, both keys, what to do. */
export function HostKeyRefused({ keys, heardAt }: { keys: RefusedKey; heardAt: number | null }) {
  const { id } = useHost()
  const name = useHostName()(id)
  const me = useMe()
  return (
    <Banner tone="bad" live title={`Refused: ${name} shows another host key than the pinned one.`}>
      <div className="flex flex-col gap-2 text-text">
        <p>
          The machine may have been installed anew, or somebody else is answering at its address. Skep does
          not sign in there.
          {heardAt !== null && (
            <>
              {' '}
              What you see is what {name} said <Time at={heardAt} />.
            </>
          )}
        </p>
        <TwoKeys keys={keys} />
        {me && mayAct(me.role, 'administrator') ? (
          <Accept id={id} />
        ) : (
          <p>Tell an administrator of this console, who can compare the keys and accept the new one.</p>
        )}
      </div>
    </Banner>
  )
}

function Accept({ id }: { id: string }) {
  const open = useDialogs()
  const { data, error } = useQuery(useConsoleTRPC().hosts.configured.queryOptions())
  if (error && !data) return <ErrorNotice error={explain(error)} />
  const host = data?.find(each => each.id === id)
  if (!host || !isOverSsh(host)) return null
  if (host.isFirst) {
    return (
      <p>
        Compare at the machine itself. Only if it prints the key that is shown now: remove the line of{' '}
        <Code>{host.address}</Code> from <Code>ssh/host-keys</Code> in Skep’s state directory and start Skep
        again.
      </p>
    )
  }
  return (
    <div>
      <Button small onClick={() => open(close => <ChangeSignInDialog host={host} onClose={close} />)}>
        Compare the keys…
      </Button>
    </div>
  )
}

/** A host that Skep signs in to. */
export function isOverSsh(host: HostConfig): host is HostConfig & { signIn: SignIn } {
  return host.signIn !== null
}
