import { HomePage } from '../../components/overview/HomePage.tsx'

export const metadata = { title: 'Overview' }

export default function Page() {
  return <HomePage />
}
