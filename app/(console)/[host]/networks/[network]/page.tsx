import { notFound } from 'next/navigation'
import { NetworkPage } from '../../../../../components/networks/NetworkPage.tsx'
import { decode } from '../../../../../components/shell/paths.ts'

type Props = { params: Promise<{ network: string }> }

export async function generateMetadata({ params }: Props) {
  return { title: `${decode((await params).network) ?? 'Network'}` }
}

export default async function Page({ params }: Props) {
  const name = decode((await params).network)
  if (name === null) notFound()
  return <NetworkPage name={name} />
}
