import { MachinePage } from '../../../../components/system/MachinePage.tsx'

export const metadata = { title: 'Machine' }

export default function Page() {
  return <MachinePage />
}
