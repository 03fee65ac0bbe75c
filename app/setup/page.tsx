import { SetupPage } from '../../components/accounts/SetupPage.tsx'

export const metadata = { title: 'Set up' }

export default function Page() {
  return <SetupPage />
}
