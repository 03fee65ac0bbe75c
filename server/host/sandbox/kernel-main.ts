/** `node kernel-main.ts DIR`: the kernel as a process of its own. Ends by `shutdown -p now`, or after a minute of idleness. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { Kernel } from './kernel.ts'
import { serveKernel } from './kernel-server.ts'
import { KernelClient } from './protocol.ts'
import { isBoot, startGuests } from './rc.ts'
import { seed } from './seed.ts'

const IDLE_MS = 60_000

async function answers(dir: string): Promise<boolean> {
  try {
    const client = await KernelClient.connect(dir)
    client.close()
    return true
  } catch {
    return false
  }
}

async function main(dir: string): Promise<void> {
  if (await answers(dir)) return
  const fresh = !existsSync(path.join(dir, 'state.json'))
  const kernel = new Kernel(dir)
  if (fresh) {
    await seed(kernel.world, 'demo')
    kernel.world.save()
  }
  const boots = isBoot(kernel.world) || fresh
  const server = await serveKernel(kernel)
  const end = async (status: number) => {
    kernel.close()
    await server.close()
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
    if (guests || kernel.running > 0 || server.connections() > 0) busyAt = Date.now()
    else if (Date.now() - busyAt > IDLE_MS) void end(0)
  }, 2000).unref()
}

const dir = process.argv[2]
if (dir) await main(path.resolve(dir))
else {
  process.stderr.write('usage: kernel-main.ts DIR\n')
  process.exitCode = 64
}
