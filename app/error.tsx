'use client'
import { lazy, Suspense } from 'react'
import { loadOnTouch } from '../components/ui/loadOnTouch.ts'

const PageFailed = lazy(
  loadOnTouch(() =>
    import('../components/shell/PageFailed.tsx').then(module => ({ default: module.PageFailed })),
  ),
)

export default function Failed({ reset }: { reset: () => void }) {
  return (
    <Suspense fallback={null}>
      <PageFailed onRetry={reset} />
    </Suspense>
  )
}
