import { notFound } from 'next/navigation'
import { decode } from '../../../../../../components/shell/paths.ts'
import { VmSerialPage } from '../../../../../../components/vms/VmSerialPage.tsx'

type Props = { params: Promise<{ vm: string }> }

export async function generateMetadata({ params }: Props) {
  return { title: `${decode((await params).vm) ?? 'Virtual machine'} serial console` }
}

export default async function Page({ params }: Props) {
  const name = decode((await params).vm)
  if (name === null) notFound()
  return <VmSerialPage name={name} />
}
