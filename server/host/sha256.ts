/** sha256(1) of FreeBSD. */
import { runOrThrow, unreadable } from './answer.ts'
import type { Host } from './host.ts'

/** 100 GiB from a slow disk take less. */
const DEADLINE_MS = 2 * 60 * 60 * 1000

export function sha256Argv(path: string): string[] {
  return ['sha256', '-q', path]
}

/** What `sha256 -q FILE` prints: 64 hexadecimal digits. */
export function parseSha256(text: string): string {
  if (!/^[0-9a-f]{64}\n$/.test(text)) throw unreadable('sha256 -q', text, 'it is no SHA-256')
  return text.trimEnd()
}

export async function sha256(host: Pick<Host, 'run'>, path: string): Promise<string> {
  return parseSha256(await runOrThrow(host, sha256Argv(path), [], { timeoutMs: DEADLINE_MS }))
}
