/** The machine's own bhyve(8) as a judge of a command line: other builds know other devices and options. */
import { AppError } from '../errors.ts'
import { firstLine } from './answer.ts'
import type { Host } from './host.ts'

/** Reading a command line takes it no time; a machine that hangs is not waited for. */
const LONGEST_MS = 5000

/**
 * `bhyve -o config.dump=1 …`: prints the tree that it makes of the command line, and ends with 1 before it touches any
 * machine or file. First, so that it counts whatever follows; bhyve_config(5).
 */
function configDumpArgv(argv: readonly string[]): string[] {
  return [argv[0] ?? 'bhyve', '-o', 'config.dump=1', ...argv.slice(1)]
}

/** What bhyve says against a command line, its own words; null where it reads it, or cannot be asked. */
export async function bhyveObjection(
  host: Pick<Host, 'run'>,
  argv: readonly string[],
): Promise<string | null> {
  try {
    const { exit, stdout, stderr } = await host.run(configDumpArgv(argv), { timeoutMs: LONGEST_MS })
    const isTree = stdout.split('\n').some(line => /^\S+=/.test(line))
    if (exit === null || (exit === 1 && isTree)) return null
    return firstLine(stderr) || firstLine(stdout) || `it ended with ${exit} and said nothing`
  } catch (error) {
    // An account that may start guests through its supervisor alone need not be let at bhyve itself.
    const isMute = error instanceof AppError && /^(unsupported|timeout|denied)$/.test(error.code)
    if (isMute) return null
    throw error
  }
}
