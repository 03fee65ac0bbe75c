import { Upload } from 'tus-js-client'

/** Each request brings one: no server ends a request as short as that, and little is sent twice after a cut. */
const PIECE_BYTES = 16 * 1024 * 1024
/** A network that was away for some minutes is waited for; each piece that arrives begins the row anew. */
const PAUSES_MS = [300, 500, 1000, 2000, 3000, 5000, 10_000, 20_000, 30_000, 60_000]

const LEAVE_MS = 2000

/**
 * Brings a file to the task of the plan with this digest. Returns what ends it; how the upload ends is told by the task.
 * The browser asks before the page is left meanwhile.
 */
export function send(file: File, host: string, digest: string): () => void {
  const address = `/api/uploads/${encodeURIComponent(host)}/${digest}`
  const upload = new Upload(file, {
    uploadUrl: address,
    chunkSize: PIECE_BYTES,
    retryDelays: PAUSES_MS,
    storeFingerprintForResuming: false,
    // 404: the task has only just begun. Whoever may not upload may not a second later either.
    onShouldRetry: error => ![401, 403].includes(error.originalResponse?.getStatus() ?? 0),
    // The task tells it, in its own words.
    onError: () => undefined,
  })
  const ask = (event: BeforeUnloadEvent) => event.preventDefault()
  // The page is left all the same: the task need not wait for what does not come, and the file can be uploaded again.
  const leave = () => void fetch(address, { method: 'DELETE', keepalive: true }).catch(() => undefined)
  window.addEventListener('beforeunload', ask)
  window.addEventListener('pagehide', leave)
  upload.start()
  return () => {
    window.removeEventListener('beforeunload', ask)
    void upload.abort()
    // A page that is left gives up its requests first, which looks like the end of the task from here.
    setTimeout(() => window.removeEventListener('pagehide', leave), LEAVE_MS)
  }
}
