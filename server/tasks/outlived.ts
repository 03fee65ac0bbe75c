import type { Host } from '../host/host.ts'
import { listProcesses, type Process } from '../host/ps.ts'

/** The process of a command that its console no longer waits for, null when none of these runs any more. */
export async function findRunning(
  host: Pick<Host, 'run'>,
  commands: readonly (readonly string[])[],
): Promise<{ process: Process; title: string } | null> {
  if (commands.length === 0) return null
  const processes = await listProcesses(host)
  for (const argv of commands) {
    const title = argv.join(' ')
    // ps(1) shows the first word as it was given, or as the path where it was found.
    const process = processes.find(
      ({ args }) => args === title || (args.startsWith('/') && args.endsWith(`/${title}`)),
    )
    if (process) return { process, title }
  }
  return null
}
