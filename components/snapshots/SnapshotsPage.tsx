'use client'
import { PageHeader } from '../ui/Page.tsx'
import { SnapshotTable } from './SnapshotTable.tsx'

export function SnapshotsPage() {
  return (
    <>
      <PageHeader title="Snapshots" />
      <SnapshotTable />
    </>
  )
}
