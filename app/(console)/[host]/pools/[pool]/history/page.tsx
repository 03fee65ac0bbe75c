import { notFound } from 'next/navigation'
import { PoolPage } from '../../../../../../components/pools/PoolPage.tsx'
import { decode } from '../../../../../../components/shell/paths.ts'

type Props = { params: Promise<{ pool: string }> }

export async function generateMetadata({ params }: Props) {
  return { title: decode((await params).pool) ?? 'Pool' }
}

export default async function Page({ params }: Props) {
  const name = decode((await params).pool)
  if (name === null) notFound()
  return <PoolPage name={name} tab="history" />
}
