import { NetworksPage } from '../../../../components/networks/NetworksPage.tsx'

export const metadata = { title: 'Networks' }

export default function Page() {
  return <NetworksPage />
}
