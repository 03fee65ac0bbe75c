import { notFound } from 'next/navigation'
import { TaskPage } from '../../../../components/tasks/TaskPage.tsx'

type Props = { params: Promise<{ id: string }> }

export async function generateMetadata({ params }: Props) {
  return { title: `Task ${(await params).id}` }
}

export default async function Page({ params }: Props) {
  const { id } = await params
  if (!/^[1-9]\d{0,15}$/.test(id)) notFound()
  return <TaskPage id={Number(id)} />
}
