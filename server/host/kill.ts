/** kill(1). */
import type { Host } from './host.ts'

export function killArgv(signal: 'TERM' | 'KILL', pid: number): string[] {
  return ['kill', `-${signal}`, String(pid)]
}

/** Whether the process is there (signal 0). A process of another user counts as there. */
export async function isAlive(host: Pick<Host, 'run'>, pid: number): Promise<boolean> {
  const result = await host.run(['kill', '-0', String(pid)])
  return result.exit === 0 || /not permitted/i.test(result.stderr)
}
