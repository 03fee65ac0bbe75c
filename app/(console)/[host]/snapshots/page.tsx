import { SnapshotsPage } from '../../../../components/snapshots/SnapshotsPage.tsx'

export const metadata = { title: 'Snapshots' }

export default function Page() {
  return <SnapshotsPage />
}
