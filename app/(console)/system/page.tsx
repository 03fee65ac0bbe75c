import { SystemPage } from '../../../components/system/SystemPage.tsx'

export const metadata = { title: 'System' }

export default function Page() {
  return <SystemPage />
}
