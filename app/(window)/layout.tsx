import type { ReactNode } from 'react'
import { Live } from '../../components/live.tsx'

export default function WindowLayout({ children }: { children: ReactNode }) {
  return <Live>{children}</Live>
}
