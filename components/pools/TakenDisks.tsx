'use client'
import type { Disk } from '../../server/pools/model.ts'

/** Disks that cannot be chosen, each with who has it; nothing where there is none. */
export function TakenDisks({ disks }: { disks: readonly Disk[] }) {
  const taken = disks.filter(disk => disk.takenBy !== null)
  if (taken.length === 0) return null
  return (
    <details>
      <summary className="cursor-pointer text-muted hover:text-text">Disks that cannot be taken</summary>
      <ul className="mt-1 flex flex-col gap-1">
        {taken.map(disk => (
          <li key={disk.name}>
            <span className="font-mono text-sm">{disk.name}</span>{' '}
            <span className="text-muted">belongs to {disk.takenBy}</span>
          </li>
        ))}
      </ul>
    </details>
  )
}
