/** What every program in `<dir>/bin` is: it passes its words to the kernel and becomes the answer. */
import { constants } from 'node:os'
import { type KernelClient, KernelError } from '../protocol.ts'
import { kernelOf } from '../start.ts'

/** EX_UNAVAILABLE of sysexits(3). */
const NO_MACHINE = 69

/** Runs a program of the sandbox with this process's standard streams; resolves to the exit status. */
export async function runHere(dir: string, argv: readonly string[]): Promise<number> {
  let client: KernelClient
  try {
    client = await kernelOf(dir)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return NO_MACHINE
  }
  const abort = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => {
      abort.abort()
      process.exit(128 + constants.signals[name])
    })
  }
  process.stdout.on('error', () => process.exit(141))
  try {
    const { exit } = await client.run({
      argv,
      cwd: process.cwd(),
      env: { LC_ALL: process.env.LC_ALL ?? 'C' },
      stdin: process.stdin,
      signal: abort.signal,
      onOutput: (which, bytes) => process[which].write(bytes),
    })
    return exit ?? 143
  } catch (error) {
    if (error instanceof KernelError && error.code === 'ENOENT') {
      process.stderr.write(`${argv[0]}: not found\n`)
      return 127
    }
    throw error
  } finally {
    client.close()
    process.stdin.destroy()
  }
}
