import { AccountsPage } from '../../../components/accounts/AccountsPage.tsx'

export const metadata = { title: 'Accounts' }

export default function Page() {
  return <AccountsPage />
}
