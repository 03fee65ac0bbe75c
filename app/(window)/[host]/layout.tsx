import { notFound } from 'next/navigation'
import type { ReactNode } from 'react'
import { FollowedHost } from '../../../components/shell/FollowedHost.tsx'
import { decode } from '../../../components/shell/paths.ts'

type Props = { params: Promise<{ host: string }>; children: ReactNode }

export default async function HostLayout({ params, children }: Props) {
  const host = decode((await params).host)
  if (host === null) notFound()
  return <FollowedHost id={host}>{children}</FollowedHost>
}
