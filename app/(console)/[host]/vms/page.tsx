import { VmsPage } from '../../../../components/vms/VmsPage.tsx'

export const metadata = { title: 'Virtual machines' }

export default function Page() {
  return <VmsPage />
}
