/**
 * The wire between a browser and a guest's screen: one WebSocket, `/ws/vnc/<host>/<guest>`, for as long as the page is
 * open, through reboots of the guest.
 *
 *   Text frames are control messages, one JSON object each: `VncControl` from Skep, `VncAsk` from the browser.
 *   Binary frames are RFB, exactly what an RFB client library expects from a TCP connection. They begin as soon as
 *   there is a picture, which may be long after the socket was opened.
 *
 * The first frame is `hello`, or `reason` with which the socket is closed (`VNC_CLOSE.reason`). Then `people` and
 * `screen` come whenever something about them changes.
 *
 * What the browser need not care about:
 *   - Other browsers: Skep keeps the guest's one connection and its picture, and each browser gets of it what it lacks.
 *   - Passwords: RFB's security towards the browser is always None (1). A password of the guest's conf is answered by Skep.
 *   - Colours: bhyve before FreeBSD 15 ignores SetPixelFormat. Skep asks the guest for nothing but its own format and
 *     gives each browser the one that it asked for, so red is red on every host.
 *   - Who may type: keys and pointer reach the guest from the one who has the keyboard only, whatever a browser sends.
 *
 * Before the upgrade is accepted session, role and Origin are checked (HTTP 401 or 403 otherwise), and nothing has
 * been opened towards the guest yet.
 */
export type VncControl =
  /** `me`: which of the people this browser is. */
  | { type: 'hello'; guest: string; me: number }
  | {
      type: 'people'
      /** Everybody who looks at this screen now, first come first. */
      people: VncPerson[]
      /** Who has the keyboard and the pointer, null when nobody has. */
      typist: number | null
    }
  | VncScreen
  | { type: 'reason'; code: VncReason; message: string; retry: boolean }

export type VncScreen = { type: 'screen' } & (
  | { state: 'connecting' }
  /** `notice` is one sentence to show above the picture, or null: "It waited for its first viewer and starts now." */
  | { state: 'live'; notice: string | null }
  /** There is no picture now; the last one may still be seen. With `retry` Skep tries again by itself. */
  | { state: 'gone'; code: VncReason; message: string; retry: boolean }
)

/** What a browser may ask for in a text frame: the keyboard and the pointer, or a new attempt to get a picture. */
export type VncAsk = { type: 'take' | 'retry' }

/** Somebody who looks at a screen. */
export type VncPerson = {
  id: number
  user: string
  address: string
  since: number
  /** False for viewers: they see the screen, their keys and pointer go nowhere. */
  mayType: boolean
}

/** Why there is no picture; `message` of the control frame says it in a whole sentence. */
export type VncReason =
  /** No guest of that name. */
  | 'not_found'
  /** The guest does not run. */
  | 'stopped'
  /** It starts or stops just now, or is in its loader. */
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

/** A guest's screen in small. `png` is null when it is the version that the browser has. */
export type Thumbnail = {
  version: string
  /** As a data URL. */
  png: string | null
  /** False: the last picture of a screen that is gone now. */
  live: boolean
}

/** When a screen that Skep looked at ended, and when the pictures before that were taken, oldest first. */
export type LastPicturesInfo = { endedAt: number; frames: number[] }

/** Close codes of the WebSocket (4000 to 4999 are the application's own, RFC 6455 7.4.2). */
export const VNC_CLOSE = {
  reason: 4003,
  /** The session ended: signed out, expired, or the account was disabled. */
  signedOut: 4004,
} as const

/**
 * Path and query of a guest's screen. `tab` is any random text that a page makes once (1 to 64 of [A-Za-z0-9_-]): when a
 * connection breaks and the same tab of the same session comes back before Skep has noticed, it has the keyboard again.
 */
export function vncPath(host: string, guest: string, tab: string): string {
  return `/ws/vnc/${encodeURIComponent(host)}/${encodeURIComponent(guest)}?${new URLSearchParams({ tab })}`
}

/** Reads a text frame; null for anything that is not one of ours. */
export function parseVncControl(text: string): VncControl | null {
  try {
    const message: VncControl = JSON.parse(text)
    return ['hello', 'people', 'screen', 'reason'].includes(message?.type) ? message : null
  } catch {
    return null
  }
}
