import { ImagesPage } from '../../../../components/images/ImagesPage.tsx'

export const metadata = { title: 'Images' }

export default function Page() {
  return <ImagesPage />
}
