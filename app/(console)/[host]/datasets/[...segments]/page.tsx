import { notFound } from 'next/navigation'
import { DatasetPage } from '../../../../../components/datasets/DatasetPage.tsx'
import { datasetOfSegments } from '../../../../../components/shell/paths.ts'

type Props = { params: Promise<{ segments: string[] }> }

export async function generateMetadata({ params }: Props) {
  return { title: datasetOfSegments((await params).segments)?.dataset ?? 'Dataset' }
}

export default async function Page({ params }: Props) {
  const found = datasetOfSegments((await params).segments)
  if (!found) notFound()
  return <DatasetPage name={found.dataset} tab={found.tab} />
}
