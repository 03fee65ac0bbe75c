/** `node kernel-main.ts DIR [SEED]`: the kernel as a process of its own. Ends by `shutdown -p now`, or after a minute of idleness. */
import { existsSync, rmdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { Kernel } from './kernel.ts'
import { holdsLock, releaseLock, takeLock } from './kernel-lock.ts'
import { serveKernel } from './kernel-server.ts'
import { socketDirectory } from './protocol.ts'
import { isBoot, startGuests } from './rc.ts'
import { type SeedKind, seed } from './seed.ts'

const IDLE_MS = 60_000

/** Unless a guest still has its sockets there. */
function removeSocketDirectory(dir: string): void {
  try {
    rmdirSync(socketDirectory(dir))
  } catch {
    // Not empty, or gone already.
  }
}

async function main(dir: string, kind: SeedKind): Promise<void> {
  if (!(await takeLock(dir))) return
  const fresh = !existsSync(path.join(dir, 'state.json'))
  const kernel = new Kernel(dir)
  if (fresh) {
    try {
      await seed(kernel.world, kind)
    } catch (error) {
      // Half a machine must not be taken for a whole one at the next start.
      rmSync(path.join(dir, 'state.json'), { force: true })
      throw error
    }
  }
  // Somebody may have taken a slow start for a dead one.
  if (!holdsLock(dir)) process.exit(0)
  if (fresh) kernel.world.save()
  const boots = isBoot(kernel.world) || fresh
  const server = await serveKernel(kernel)
  const end = async (status: number) => {
    kernel.close()
    await server.close()
    // Before the lock goes: the next kernel makes its own.
    removeSocketDirectory(dir)
    releaseLock(dir)
    process.exit(status)
  }
  kernel.world.powerOff = () => void end(0)
  process.once('SIGTERM', () => void end(0))
  process.once('SIGINT', () => void end(0))
  process.on('uncaughtException', error => {
    process.stderr.write(`${error.stack}\n`)
    void end(1)
  })
  if (boots) await startGuests(kernel)
  let busyAt = Date.now()
  setInterval(() => {
    const guests = Object.values(kernel.world.state.processes).some(each => each.real)
    if (!existsSync(dir)) void end(0)
    else if (guests || kernel.running > 0 || server.connections() > 0) busyAt = Date.now()
    else if (Date.now() - busyAt > IDLE_MS) void end(0)
  }, 2000).unref()
}

const [dir, kind = 'demo'] = process.argv.slice(2)
if (dir && (kind === 'demo' || kind === 'small' || kind === 'empty')) await main(path.resolve(dir), kind)
else {
  process.stderr.write('usage: kernel-main.ts DIR [demo|small|empty]\n')
  process.exitCode = 64
}
