/** One kernel a directory: `<dir>/kernel.pid` names it. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { KernelClient } from './protocol.ts'
import { isAlive } from './world.ts'

const PATIENCE_MS = 5000
const STEP_MS = 20

function pidFile(dir: string): string {
  return path.join(dir, 'kernel.pid')
}

/** Whether this process is the one the file names. */
export function holdsLock(dir: string): boolean {
  try {
    return Number(readFileSync(pidFile(dir), 'utf8')) === process.pid
  } catch {
    return false
  }
}

export function releaseLock(dir: string): void {
  if (holdsLock(dir)) rmSync(pidFile(dir), { force: true })
}

/**
 * True when this process may be the kernel of the directory; false when another one serves it. A holder that is alive
 * but does not serve within five seconds is taken for a process that merely got the number of a dead kernel.
 */
export async function takeLock(dir: string): Promise<boolean> {
  mkdirSync(dir, { recursive: true })
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    try {
      writeFileSync(pidFile(dir), String(process.pid), { flag: 'wx' })
      return true
    } catch {
      if (await answers(dir)) return false
      const holder = holderOf(dir)
      if (holder === null) continue
      if (!isAlive(holder) || Date.now() > deadline) rmSync(pidFile(dir), { force: true })
      else await new Promise(resolve => setTimeout(resolve, STEP_MS))
    }
  }
}

/** null when the file is gone again (or not written yet). */
function holderOf(dir: string): number | null {
  try {
    return Number(readFileSync(pidFile(dir), 'utf8')) || null
  } catch {
    return null
  }
}

async function answers(dir: string): Promise<boolean> {
  try {
    const client = await KernelClient.connect(dir)
    client.close()
    return true
  } catch {
    return false
  }
}
