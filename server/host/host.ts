/** The port: the one narrow door to a machine. Adapters: `local.ts`, `sandbox/adapter.ts`. */

export type RunOptions = {
  /** Text given on standard input; standard input is /dev/null otherwise. */
  stdin?: string
  /** Deadline in milliseconds; default 30 000. After it the call rejects with AppError `timeout`, even if the process cannot be killed. */
  timeoutMs?: number
  signal?: AbortSignal
}

/** `exit` is null when a signal ended the program (`signal` then names it). */
export type RunResult = { exit: number | null; signal?: string; stdout: string; stderr: string }

export type FileEntry = {
  name: string
  type: 'file' | 'directory' | 'other'
  sizeBytes: number
  mtimeMs: number
  /** It is a symbolic link: type, size and time are those of what it leads to. Left out by `stat`. */
  link?: boolean
}

/** A running program whose output is read line by line as it comes. */
export type HostStream = {
  /** Lines of standard output without their newline. Ends when the program ends. */
  lines: AsyncIterable<string>
  /** Resolves when the program has ended. Never rejects. */
  done: Promise<{ exit: number | null; stderr: string }>
  kill(): void
}

/**
 * A byte stream to a TCP port of the host's loopback, to a unix socket of the host, or to a terminal device below /dev
 * (a guest's nmdm(4)), which is made raw: nothing is echoed, and no byte means anything to the host.
 */
export type HostSocket = import('node:stream').Duplex

export type Host = {
  /** Stable name used in URLs and rows: `local`, `sandbox`. */
  readonly id: string
  /** What kind of door this is; `sandbox` puts a badge on every page. */
  readonly kind: 'local' | 'sandbox' | 'ssh'
  /**
   * Runs a program to its end. argv[0] is a bare program name, found on the adapter's fixed PATH.
   * Resolves for every exit status. Rejects with AppError: `timeout`, `unreachable` (no host),
   * `unsupported` (program not found).
   */
  run(argv: readonly string[], options?: RunOptions): Promise<RunResult>
  /** Starts a program and streams its standard output. Rejections as for `run`. */
  stream(argv: readonly string[], options?: { signal?: AbortSignal }): Promise<HostStream>
  connect(target: { port: number } | { path: string }, options?: { timeoutMs?: number }): Promise<HostSocket>
  /** Reads a text file (UTF-8), at most 4 MiB. AppError `not_found`, `denied`. */
  read(path: string): Promise<string>
  /** Writes a whole file atomically (temporary file beside it, fsync, rename). Mode is octal, default 0o644. */
  write(path: string, text: string, options?: { mode?: number }): Promise<void>
  /** Entries of a directory, sorted by name. AppError `not_found`. */
  list(path: string): Promise<FileEntry[]>
  /** null where there is nothing at that path. */
  stat(path: string): Promise<FileEntry | null>
  /** Removes a file or an empty directory; quiet when it is gone already. */
  remove(path: string): Promise<void>
  mkdir(path: string): Promise<void>
  /** Bytes of a regular file from `offset` on, at most `length` (1 MiB at most); fewer at its end. AppError `not_found`, `denied`. */
  readBytes(path: string, offset: number, length: number): Promise<Uint8Array>
  /**
   * Writes bytes (4 MiB at most) into a file where they belong, for what is too long to be written whole; a file that is
   * not there is made, mode 0o644. AppError `not_found` (directory), `denied`, `no_space`.
   */
  writeBytes(path: string, offset: number, bytes: Uint8Array): Promise<void>
  /**
   * Gives a regular file another name on the same filesystem, after its bytes have reached the disk. AppError `refused`
   * where something has that name: nothing is ever replaced.
   */
  rename(from: string, to: string): Promise<void>
  close(): Promise<void>
}
