import { notFound } from 'next/navigation'
import { decode } from '../../../../../../components/shell/paths.ts'
import { VmHardwarePage } from '../../../../../../components/vms/VmHardwarePage.tsx'

type Props = { params: Promise<{ vm: string }> }

export async function generateMetadata({ params }: Props) {
  return { title: `${decode((await params).vm) ?? 'Virtual machine'} hardware` }
}

export default async function Page({ params }: Props) {
  const name = decode((await params).vm)
  if (name === null) notFound()
  return <VmHardwarePage name={name} />
}
