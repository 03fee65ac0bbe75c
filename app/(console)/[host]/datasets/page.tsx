import { DatasetsPage } from '../../../../components/datasets/DatasetsPage.tsx'

export const metadata = { title: 'Datasets' }

export default function Page() {
  return <DatasetsPage />
}
