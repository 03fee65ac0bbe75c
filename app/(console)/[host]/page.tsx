import { OverviewPage } from '../../../components/overview/OverviewPage.tsx'

export const metadata = { title: 'Overview' }

export default function Page() {
  return <OverviewPage />
}
