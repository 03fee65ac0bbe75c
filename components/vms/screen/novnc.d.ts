/** The part of noVNC 1.7 that Skep uses; its docs/API.md is the reference. */
declare module '@novnc/novnc' {
  type Channel = {
    binaryType: string
    readonly protocol: string
    readonly readyState: number
    onopen: (() => void) | null
    onmessage: ((event: { data: ArrayBuffer }) => void) | null
    onerror: ((event: unknown) => void) | null
    onclose: ((event: { code: number; reason: string }) => void) | null
    send(data: ArrayBufferView<ArrayBuffer>): void
    close(): void
  }

  export default class RFB extends EventTarget {
    constructor(target: HTMLElement, channel: Channel, options?: { shared?: boolean })
    viewOnly: boolean
    scaleViewport: boolean
    clipViewport: boolean
    dragViewport: boolean
    showDotCursor: boolean
    focusOnClick: boolean
    background: string
    compressionLevel: number
    disconnect(): void
    focus(options?: FocusOptions): void
    blur(): void
    /** Without `down` the key is pressed and released. `code` is KeyboardEvent.code. */
    sendKey(keysym: number, code: string, down?: boolean): void
    sendCtrlAltDel(): void
    toBlob(callback: (blob: Blob | null) => void, type?: string): void
  }
}
