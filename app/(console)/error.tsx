'use client'
import { PageFailed } from '../../components/shell/PageFailed.tsx'

export default function Failed({ reset }: { reset: () => void }) {
  return <PageFailed onRetry={reset} />
}
