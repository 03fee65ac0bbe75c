import { NotFound } from '../components/shell/NotFound.tsx'

export default function Page() {
  // Outside the frame, so without its landmark.
  return (
    <main>
      <NotFound />
    </main>
  )
}
