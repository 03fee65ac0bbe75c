/** Starting a sandbox's kernel as a process of its own. */
import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { KernelClient } from './protocol.ts'
import type { SeedKind } from './seed.ts'

const PATIENCE_MS = 30_000

/**
 * A connection to the kernel of `dir`, which is started (detached, it outlives this process) when none runs. `seed` is
 * what a directory without a machine gets.
 * Rejects with an Error that quotes the end of `<dir>/kernel.log` when it does not come up.
 */
export async function kernelOf(dir: string, seed: SeedKind = 'demo'): Promise<KernelClient> {
  try {
    return await KernelClient.connect(dir)
  } catch (error) {
    // A process of the machine itself (the script around a guest) must not switch a machine on that went down.
    if (process.env.SKEP_SANDBOX === dir) throw error
    return await startKernel(dir, seed)
  }
}

async function startKernel(dir: string, seed: SeedKind): Promise<KernelClient> {
  mkdirSync(dir, { recursive: true })
  const log = openSync(path.join(dir, 'kernel.log'), 'a')
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      fileURLToPath(new URL('./kernel-main.ts', import.meta.url)),
      dir,
      seed,
    ],
    { detached: true, stdio: ['ignore', log, log], cwd: '/' },
  )
  closeSync(log)
  let ended = false
  child.once('exit', () => {
    ended = true
  })
  child.once('error', () => {
    ended = true
  })
  child.unref()
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    try {
      const client = await KernelClient.connect(dir)
      // Another one was quicker: ours must not wake up late, when that one was shut down already.
      if (kernelPid(dir) !== child.pid) child.kill('SIGKILL')
      return client
    } catch {
      // An ended child may have found another kernel starting: only patience tells.
      if (Date.now() > deadline || (ended && Date.now() > deadline - PATIENCE_MS + 3000)) {
        throw new Error(`The sandbox in ${dir} did not start: ${lastWords(dir)}`)
      }
      await new Promise(resolve => setTimeout(resolve, 15))
    }
  }
}

function kernelPid(dir: string): number {
  return Number(readFileSync(path.join(dir, 'kernel.pid'), 'utf8'))
}

function lastWords(dir: string): string {
  const file = path.join(dir, 'kernel.log')
  return existsSync(file) ? readFileSync(file, 'utf8').slice(-800).trim() : 'it wrote no log'
}
