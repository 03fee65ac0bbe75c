'use client'
import { mayAct } from '../../server/accounts/model.ts'
import { useMe } from '../shell/me.ts'
import { PageHeader } from '../ui/Page.tsx'
import { Loading } from '../ui/Spinner.tsx'
import { Badge } from '../ui/State.tsx'
import { AccountList } from './AccountList.tsx'
import { SessionList } from './SessionList.tsx'

/** Who may sign in, and where one's own account is signed in. */
export function AccountsPage() {
  const me = useMe()
  if (!me) return <Loading what="the account" />
  return (
    <>
      <PageHeader title="Accounts" badges={<Badge>{`signed in as ${me.name}, ${me.role}`}</Badge>} />
      <SessionList />
      {mayAct(me.role, 'administrator') ? (
        <AccountList me={me} />
      ) : (
        <p className="text-muted">An administrator can see and change the other accounts.</p>
      )}
    </>
  )
}
