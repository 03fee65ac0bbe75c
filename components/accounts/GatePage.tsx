import type { ReactNode } from 'react'
import { Logo } from '../shell/Logo.tsx'

/** The two pages outside the frame: a name, a form, nothing else. */
export function GatePage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex items-center justify-center gap-2 font-semibold text-lg tracking-tight">
          <Logo size={26} />
          Skep
        </div>
        <div className="rounded-xl border border-line bg-panel px-6 py-5">
          <h1 className="mb-4 font-semibold text-lg tracking-tight">{title}</h1>
          {children}
        </div>
      </div>
    </main>
  )
}
