'use client'
import { useQuery } from '@tanstack/react-query'
import { UserPlus } from 'lucide-react'
import { lazy } from 'react'
import type { Account } from '../../server/accounts/model.ts'
import { explain } from '../errors.ts'
import { useDialogs } from '../shell/dialogs.tsx'
import { useHostName, useSeveralHosts } from '../shell/useHostList.ts'
import { useConsoleTRPC } from '../trpc.tsx'
import { Button } from '../ui/Button.tsx'
import { DataTable } from '../ui/DataTable.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import type { MenuItem } from '../ui/Menu.tsx'
import { Section } from '../ui/Page.tsx'
import { StateMark } from '../ui/State.tsx'
import { Time } from '../ui/Time.tsx'
import type { Column } from '../ui/table.ts'

const CreateAccountDialog = lazy(() => import('./CreateAccountDialog.tsx'))
const ChangeAccountDialog = lazy(() => import('./ChangeAccountDialog.tsx'))
const HostRolesDialog = lazy(() => import('./HostRolesDialog.tsx'))
const ResetPasswordDialog = lazy(() => import('./ResetPasswordDialog.tsx'))

const COLUMNS: readonly Column<Account>[] = [
  {
    id: 'name',
    header: 'Name',
    min: 140,
    grow: 2,
    always: true,
    sort: account => account.name,
    text: account => account.name,
    cell: account => account.name,
  },
  {
    id: 'role',
    header: 'Role',
    min: 120,
    sort: account => account.role,
    text: account => account.role,
    cell: account => account.role,
  },
  {
    id: 'hosts',
    header: 'On single hosts',
    min: 150,
    grow: 1,
    text: account => account.exceptions.map(each => each.host).join(' '),
    cell: account => <Exceptions account={account} />,
  },
  {
    id: 'state',
    header: 'State',
    min: 120,
    sort: account => Number(account.disabled),
    cell: account => (
      <StateMark tone={account.disabled ? 'idle' : 'ok'} word={account.disabled ? 'Disabled' : 'Active'} />
    ),
  },
  {
    id: 'seen',
    header: 'Last signed in',
    min: 140,
    grow: 1,
    sort: account => account.lastLoginAt,
    cell: account =>
      account.lastLoginAt === null ? (
        <span className="text-muted">never</span>
      ) : (
        <Time at={account.lastLoginAt} />
      ),
  },
  {
    id: 'created',
    header: 'Created',
    min: 130,
    sort: account => account.createdAt,
    cell: account => <Time at={account.createdAt} className="text-muted" />,
  },
]

function Exceptions({ account }: { account: Account }) {
  const nameOf = useHostName()
  const words = account.exceptions.map(({ host, role }) => `${role} on ${nameOf(host)}`).join(', ')
  return (
    <span className="truncate text-muted" title={words}>
      {words || 'as everywhere'}
    </span>
  )
}

/** All accounts, for administrators. */
export function AccountList({ me }: { me: Account }) {
  const query = useQuery({ ...useConsoleTRPC().accounts.list.queryOptions(), staleTime: 0 })
  const open = useDialogs()
  const several = useSeveralHosts()
  const own = (account: Account) => (account.id === me.id ? 'This is your own account.' : null)
  const menu = (account: Account): MenuItem[] => [
    {
      label: 'Change role…',
      disabled: own(account),
      onSelect: () => open(close => <ChangeAccountDialog account={account} change="role" onClose={close} />),
    },
    ...(several
      ? [
          {
            label: 'Roles on single hosts…',
            disabled: own(account),
            onSelect: () => open(close => <HostRolesDialog account={account} onClose={close} />),
          },
        ]
      : []),
    {
      label: 'Give a new password…',
      disabled: own(account),
      onSelect: () => open(close => <ResetPasswordDialog account={account} onClose={close} />),
    },
    {
      label: account.disabled ? 'Enable…' : 'Disable…',
      disabled: own(account),
      onSelect: () =>
        open(close => <ChangeAccountDialog account={account} change="disabled" onClose={close} />),
    },
    'separator',
    {
      label: 'Remove…',
      danger: true,
      disabled: own(account),
      onSelect: () =>
        open(close => <ChangeAccountDialog account={account} change="remove" onClose={close} />),
    },
  ]
  return (
    <Section
      title="All accounts"
      actions={
        <Button
          small
          look="primary"
          icon={<UserPlus aria-hidden size={14} />}
          onClick={() => open(close => <CreateAccountDialog onClose={close} />)}
        >
          Create account…
        </Button>
      }
    >
      <DataTable
        name="accounts"
        label="Accounts"
        columns={several ? COLUMNS : COLUMNS.filter(column => column.id !== 'hosts')}
        rows={query.data}
        error={query.error ? explain(query.error) : null}
        heardAt={query.dataUpdatedAt || null}
        initialSort={{ column: 'name', descending: false }}
        rowId={account => String(account.id)}
        rowLabel={account => account.name}
        filterLabel="Filter accounts"
        menu={menu}
        empty={<EmptyState title="No accounts">Create one for everybody who uses this console.</EmptyState>}
      />
    </Section>
  )
}
