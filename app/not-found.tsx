import { NotFound } from '../components/shell/NotFound.tsx'

export default function Page() {
  return <NotFound />
}
