/**
 * A disk of a guest. v86 reads and writes it through the snake_case methods; the bytes are a zvol of the sandbox or a
 * plain file. A failed read or write is an I/O error for the guest, as on a disk that is full or gone.
 */
import { type FileHandle, open } from 'node:fs/promises'

/** Where the bytes are. Offsets and lengths are bytes. */
export type Backing = {
  readonly sizeBytes: number
  readonly readOnly: boolean
  read(at: number, bytes: number): Promise<Uint8Array>
  /** Rejects when the bytes cannot be kept, for example ENOSPC. */
  write(at: number, bytes: Uint8Array): Promise<void>
}

/** A disk image or an ISO. Falls back to read-only where writing is denied, silently, as bhyve does. Rejects with the errno error. */
export async function openFile(path: string, readOnly: boolean): Promise<Backing> {
  let handle: FileHandle
  let denied = readOnly
  try {
    handle = await open(path, readOnly ? 'r' : 'r+')
  } catch (error) {
    if (readOnly) throw error
    handle = await open(path, 'r')
    denied = true
  }
  const { size } = await handle.stat()
  return {
    sizeBytes: size,
    readOnly: denied,
    async read(at, bytes) {
      const data = new Uint8Array(bytes)
      await handle.read(data, 0, bytes, at)
      return data
    },
    async write(at, bytes) {
      await handle.write(bytes, 0, bytes.length, at)
    },
  }
}

/** The registers of v86's IDE interface that say how a command ended. */
export type IdeRegisters = { status_reg: number; error_reg: number }

/** ATA status: ready, seek complete, error. */
const STATUS_ERROR = 0x51
/** ATA error: uncorrectable data (reads), command aborted (writes). */
const ERROR = { read: 0x40, write: 0x04 } as const

export class Disk {
  /** Read by v86. */
  readonly byteLength: number
  /** Set by v86; called by load(). */
  onload: ((event: object) => void) | undefined
  /** The interface the disk hangs on, once the machine is up. */
  registers: IdeRegisters | null = null

  readonly #backing: Backing
  /** v86 reads the partition table before it starts, without waiting. */
  readonly #firstSector: Uint8Array
  readonly #complain: (line: string) => void
  #complained = false
  readonly #writing = new Set<Promise<void>>()

  private constructor(backing: Backing, firstSector: Uint8Array, complain: (line: string) => void) {
    this.#backing = backing
    this.#firstSector = firstSector
    this.#complain = complain
    this.byteLength = backing.sizeBytes
  }

  /** `complain` is told of the first failed command, in one line. */
  static async over(backing: Backing, complain: (line: string) => void): Promise<Disk> {
    const first = await backing.read(0, Math.min(512, backing.sizeBytes))
    return new Disk(backing, first, complain)
  }

  load(): void {
    this.onload?.({})
  }

  get(start: number, length: number, done: (data: Uint8Array) => void): void {
    this.#backing.read(start, length).then(done, error => {
      done(new Uint8Array(length))
      this.#fail('read', error)
    })
  }

  set(start: number, data: Uint8Array, done: () => void): void {
    if (this.#backing.readOnly) {
      done()
      this.#fail('write', new Error('the disk is read-only'))
      return
    }
    // A copy: v86 uses its buffer again as soon as this returns.
    const written = this.#backing.write(start, data.slice()).then(done, error => {
      done()
      this.#fail('write', error)
    })
    this.#writing.add(written)
    void written.then(() => this.#writing.delete(written))
  }

  /** Resolves when no write is under way. */
  async settled(): Promise<void> {
    await Promise.all(this.#writing)
  }

  get_and_cache(start: number, length: number, done: (data: Uint8Array) => void): void {
    done(this.get_from_cache(start, length))
  }

  get_from_cache(start: number, length: number): Uint8Array {
    return this.#firstSector.subarray(start, start + length)
  }

  get_buffer(done: (buffer: undefined) => void): void {
    done(undefined)
  }

  get_state(): number[] {
    return [this.byteLength]
  }

  set_state(): void {}

  /** v86 has just reported success to the guest; the guest sees nothing before this returns. */
  #fail(verb: 'read' | 'write', error: unknown): void {
    if (this.registers) {
      this.registers.status_reg = STATUS_ERROR
      this.registers.error_reg = ERROR[verb]
    }
    if (this.#complained) return
    this.#complained = true
    this.#complain(`${verb} failed: ${error instanceof Error ? error.message : String(error)}`)
  }
}
