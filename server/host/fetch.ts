/** fetch(1): a file of the network onto the machine. usr.bin/fetch/fetch.c. */
import { runOrThrow, unreadable } from './answer.ts'
import type { Host } from './host.ts'

/** Seconds without a byte after which it gives up. */
const SILENCE_SECONDS = 60
const ASK_SECONDS = 10

/** How many bytes it has, without fetching it. */
function fetchSizeArgv(url: string): string[] {
  return ['fetch', '-s', '-T', String(ASK_SECONDS), url]
}

/**
 * Goes on where an earlier one was cut (`-r`); by its size alone (`-F`), for one that was killed could not set the time of
 * its file. With `-r` nothing that has arrived is removed when it fails.
 */
export function fetchArgv(url: string, to: string): string[] {
  return ['fetch', '-q', '-r', '-F', '-T', String(SILENCE_SECONDS), '-o', to, url]
}

/** What `fetch -s URL` prints: bytes, or null where the server does not tell. */
export function parseFetchSize(text: string): number | null {
  if (text === 'Unknown\n') return null
  const bytes = /^\d{1,15}\n$/.test(text) ? Number(text) : Number.NaN
  if (Number.isNaN(bytes)) throw unreadable('fetch -s', text, 'it is no number of bytes')
  return bytes
}

/** AppError `failed` with what the server said, `unsupported`, `timeout`. */
export async function fetchSize(host: Pick<Host, 'run'>, url: string): Promise<number | null> {
  return parseFetchSize(
    await runOrThrow(host, fetchSizeArgv(url), [], { timeoutMs: (ASK_SECONDS + 5) * 1000 }),
  )
}
