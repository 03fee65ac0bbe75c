/** noVNC's own end of a zlib stream, which its package does not export. */
declare module '*/novnc/core/inflator.js' {
  export default class Inflate {
    setInput(data: Uint8Array | null): void
    /** Throws when not exactly so many bytes come out. */
    inflate(length: number): Uint8Array
  }
}
