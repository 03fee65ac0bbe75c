import { LoginPage } from '../../components/accounts/LoginPage.tsx'

export const metadata = { title: 'Sign in' }

export default function Page() {
  return <LoginPage />
}
