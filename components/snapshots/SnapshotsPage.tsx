'use client'
import { PageHeader } from '../ui/Page.tsx'
import { SnapshotTable } from './SnapshotTable.tsx'

export function SnapshotsPage() {
  return (
    <>
      <PageHeader title="Snapshots" />
      <SnapshotTable maxHeight="max(280px, calc(100dvh - 200px))" />
    </>
  )
}
