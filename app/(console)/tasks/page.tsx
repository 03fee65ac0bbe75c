import { TasksPage } from '../../../components/tasks/TasksPage.tsx'

export const metadata = { title: 'Tasks' }

export default function Page() {
  return <TasksPage />
}
