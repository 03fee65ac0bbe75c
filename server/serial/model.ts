import type { VncPerson } from '../console/model.ts'

/**
 * The wire between a browser and a guest's serial port: one WebSocket, `/ws/serial/<host>/<guest>`. Who is there and who
 * types is told as of screens (`server/console/model.ts`), with the same checks before anything is opened.
 *
 *   From Skep, text frames are `SerialControl`, one JSON object each, and binary frames are what the guest said.
 *   From the browser, binary frames are what was typed and a text frame is a `VncAsk`; there is nothing to retry.
 *
 * `hello` comes first, and again whenever a browser was too slow and lost its place: the next binary frame is then the
 * whole buffer from its beginning, everything after that is new.
 */
export type SerialControl =
  /** `me`: which of the people this browser is. */
  | { type: 'hello'; me: number; held: SerialHold }
  | { type: 'people'; people: VncPerson[]; typist: number | null }
  | { type: 'held'; held: SerialHold }
  /** What was typed last did not reach the guest. */
  | { type: 'dropped' }
  /** There is nothing to look at and this is why; the socket is closed with `VNC_CLOSE.reason`. */
  | { type: 'reason'; message: string; retry: boolean }

/** Whether Skep holds its end of the null modem, since when (unix ms) it does or does not, and why not. */
export type SerialHold = { since: number } & (
  | { open: true }
  /** `next` is what can be done about it, null when nothing need be. */
  | { open: false; message: string; next: string | null }
)

/** What is kept of a port's output: about twenty thousand lines. */
export const BUFFER_BYTES = 1024 * 1024

/** The serial ports that bhyve knows. */
export const COM_PORT = /^com[1-4]$/

/** `tab` as of `vncPath`. */
export function serialPath(host: string, guest: string, port: string, tab: string): string {
  const query = new URLSearchParams({ port, tab })
  return `/ws/serial/${encodeURIComponent(host)}/${encodeURIComponent(guest)}?${query}`
}

/** Reads a text frame; null for anything that is not one of ours. */
export function parseSerialControl(text: string): SerialControl | null {
  try {
    const message: SerialControl = JSON.parse(text)
    return ['hello', 'people', 'held', 'dropped', 'reason'].includes(message?.type) ? message : null
  } catch {
    return null
  }
}

/** The line that stands in a log where Skep did not listen, from `from` until `to` (unix ms). */
export function gapLine(from: number, to: number, why: string): string {
  const [begin, end] = [from, to].map(at => new Date(at).toISOString().slice(0, 19).replace('T', ' '))
  return `\r\n--- Skep: not heard from ${begin} to ${end} UTC: ${why} What the guest said meanwhile is not here. ---\r\n`
}
