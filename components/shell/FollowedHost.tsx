'use client'
import type { ReactNode } from 'react'
import { HostScope } from '../host.tsx'
import { useFollowed } from '../live.tsx'

/** A page of one host outside of the frame. */
export function FollowedHost({ id, children }: { id: string; children: ReactNode }) {
  useFollowed([id])
  return <HostScope id={id}>{children}</HostScope>
}
