/**
 * The wire between a browser and a guest's screen: one WebSocket, `/ws/vnc/<host>/<guest>`.
 *
 *   Text frames are control messages, one JSON object each, from Skep to the browser only (`VncControl`).
 *   Binary frames are RFB, exactly what an RFB client library expects from a TCP connection.
 *
 * Order: the first frame is always text. It is one of
 *   - `hello`: this browser holds the screen now; binary frames (the RFB banner first) follow.
 *   - `busy`: somebody else holds it; the socket is closed with `VNC_CLOSE.busy`. Connect with `take=1` to take over.
 *   - `reason`: there is no picture and this is why; the socket is closed with `VNC_CLOSE.reason`.
 * Later `taken` or `reason` may come as the last frame before the socket is closed with the code of the same name.
 *
 * What the browser need not care about:
 *   - Passwords: RFB's security towards the browser is always None (1). A password of the guest's conf is answered by Skep.
 *   - Colours: bhyve before FreeBSD 15 ignores SetPixelFormat. Skep asks the guest for nothing but its own format and
 *     turns the pixels into the format that the browser asked for, so red is red on every host.
 *   - Who may type: keys, pointer and clipboard of a viewer never reach the guest, whatever the browser sends
 *     (`hello.viewOnly` is there to set the client library's own viewOnly).
 *
 * Before the upgrade is accepted session, role and Origin are checked (HTTP 401 or 403 otherwise), and nothing has
 * been opened towards the guest yet.
 */
export type VncControl =
  | {
      type: 'hello'
      guest: string
      /** The account is a viewer: it sees the screen, its keys and pointer go nowhere. */
      viewOnly: boolean
      /** Whose screen this browser has just taken over, null where it was free. */
      takenFrom: string | null
      /** One sentence to show above the picture, or null: "It waited for its first viewer and starts now." */
      notice: string | null
    }
  | { type: 'busy'; holder: VncHolder; mayTake: boolean }
  | { type: 'taken'; by: string }
  | { type: 'reason'; code: VncReason; message: string; retry: boolean }

/** Who holds the screen. */
export type VncHolder = { user: string; since: number; address: string; viewOnly: boolean }

/** Why there is no picture; `message` of the control frame says it in a whole sentence. */
export type VncReason =
  /** No guest of that name. */
  | 'not_found'
  /** The guest does not run. Connect again when its state changes (live.changes), not by a timer. */
  | 'stopped'
  /** It starts or stops just now, or is in its loader: try again in a second or two. */
  | 'not_yet'
  /** The conf has no framebuffer, so there never will be a picture; the serial console is there. */
  | 'no_framebuffer'
  /** The port is open but no banner came: another VNC client holds the one connection that bhyve serves. */
  | 'held_elsewhere'
  /** The guest refused the password of its conf, or speaks something that is not RFB as we know it. */
  | 'refused'
  /** The machine cannot be reached. */
  | 'unreachable'
  /** The picture ended: the guest was reset or stopped. */
  | 'ended'

/** Close codes of the WebSocket (4000 to 4999 are the application's own, RFC 6455 7.4.2). */
export const VNC_CLOSE = {
  busy: 4001,
  taken: 4002,
  reason: 4003,
  /** The session ended: signed out, expired, or the account was disabled. */
  signedOut: 4004,
} as const

/**
 * Path and query of a guest's screen. `tab` is any random text that a page makes once (1 to 64 of [A-Za-z0-9_-]): when a
 * connection breaks and the same tab of the same session comes back before Skep has noticed, it gets the screen again
 * at once, without `take`.
 */
export function vncPath(host: string, guest: string, options: { tab: string; take?: boolean }): string {
  const query = new URLSearchParams({ tab: options.tab })
  if (options.take) query.set('take', '1')
  return `/ws/vnc/${encodeURIComponent(host)}/${encodeURIComponent(guest)}?${query}`
}

/** Reads a text frame; null for anything that is not one of ours. */
export function parseVncControl(text: string): VncControl | null {
  try {
    const message: VncControl = JSON.parse(text)
    return ['hello', 'busy', 'taken', 'reason'].includes(message?.type) ? message : null
  } catch {
    return null
  }
}
