import { PoolsPage } from '../../../../components/pools/PoolsPage.tsx'

export const metadata = { title: 'Pools' }

export default function Page() {
  return <PoolsPage />
}
