/** freebsd-version(1), and what is known about a patch level. */
import { runOrThrow, unreadable } from './answer.ts'
import type { Host } from './host.ts'

/** `14.5-RELEASE-p2` → 14, 5, RELEASE, 2. */
export type FreebsdRelease = { major: number; minor: number; branch: string; patch: number }

function freebsdVersionArgv(): string[] {
  return ['freebsd-version', '-ku']
}

/** `freebsd-version -ku`: the installed kernel and the userland, a line each. AppError `unreadable`. */
export function parseFreebsdVersion(text: string): { kernel: string; userland: string } {
  const match = /^(\S+)\n(\S+)\n$/.exec(text)
  if (!match) throw unreadable('freebsd-version', text, 'it is not two versions')
  return { kernel: match[1] ?? '', userland: match[2] ?? '' }
}

/** AppError `unsupported` where this is no FreeBSD. */
export async function freebsdVersion(host: Host): Promise<{ kernel: string; userland: string }> {
  return parseFreebsdVersion(await runOrThrow(host, freebsdVersionArgv(), []))
}

/** Null where it is no version of FreeBSD. */
export function parseRelease(text: string): FreebsdRelease | null {
  const match = /^(\d{1,4})\.(\d{1,4})-([A-Z]+\d*)(?:-p(\d{1,6}))?$/.exec(text)
  if (!match) return null
  return {
    major: Number(match[1]),
    minor: Number(match[2]),
    branch: match[3] ?? '',
    patch: Number(match[4] ?? 0),
  }
}

/**
 * FreeBSD-SA-26:72 (October 2026), CVE-2026-101309 to 101311: a guest can reach the host through bhyve's device models
 * (xhci, hda, fbuf). The first patch level without it, by release; bhyve is userland.
 */
const SA_26_72: Readonly<Record<string, number>> = { '14.4': 11, '14.5': 2, '15.1': 5 }

/** `fixed`, the patch level that mends it, or null where the advisory does not list the release. */
export function advisoryState(userland: FreebsdRelease): 'fixed' | { mendedIn: string } | null {
  const release = `${userland.major}.${userland.minor}`
  const patch = SA_26_72[release]
  if (patch === undefined || userland.branch !== 'RELEASE') return null
  return userland.patch >= patch ? 'fixed' : { mendedIn: `${release}-RELEASE-p${patch}` }
}

/** Releases that get security fixes: 14.4 and later of 14, 15.1 and later. */
export function isMaintained(release: FreebsdRelease): boolean {
  return (
    (release.major === 14 && release.minor >= 4) ||
    (release.major === 15 && release.minor >= 1) ||
    release.major > 15
  )
}
