import { notFound } from 'next/navigation'
import { decode } from '../../../../../../../components/shell/paths.ts'
import { VmScreenWindow } from '../../../../../../../components/vms/VmScreenWindow.tsx'

type Props = { params: Promise<{ vm: string }> }

export async function generateMetadata({ params }: Props) {
  return { title: `Screen of ${decode((await params).vm) ?? 'a guest'}` }
}

export default async function Page({ params }: Props) {
  const name = decode((await params).vm)
  if (name === null) notFound()
  return <VmScreenWindow name={name} />
}
