/** What every part of the bench works with. */
import type { Browser } from '@playwright/test'
import type { Console } from '../../e2e/console.ts'
import type { Host } from '../../server/host/host.ts'
import type { Session } from '../session.ts'

export type Bench = {
  skep: Console
  session: Session
  /** The same machine without Skep: programs run by its kernel, over a connection that is open already. */
  host: Host
  /** Where there is room for what a part makes. */
  pool: string
  /** Null where this computer has no Chromium. */
  browser: Browser | null
}

/** Runs a program on the machine; an exit status other than 0 is an error. */
export async function raw(host: Host, ...argv: string[]): Promise<string> {
  const { exit, stdout, stderr } = await host.run(argv)
  if (exit !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`)
  return stdout
}
