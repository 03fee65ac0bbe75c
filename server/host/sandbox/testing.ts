/** A sandbox of its own for a test: a fresh directory, a kernel in this process, removed afterwards. */
import { mkdtempSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Host } from '../host.ts'
import { sandboxHost } from './adapter.ts'
import { Kernel } from './kernel.ts'
import { serveKernel } from './kernel-server.ts'
import { KernelClient } from './protocol.ts'
import { type SeedKind, seed } from './seed.ts'
import type { World } from './world.ts'

export type TestHost = Host & {
  readonly dir: string
  /** The machine itself, to look into. */
  readonly world: World
  [Symbol.asyncDispose](): Promise<void>
}

/** `await using host = await sandboxForTest()`, or call `close()` in afterEach: both remove everything. */
export async function sandboxForTest(options: { seed?: SeedKind } = {}): Promise<TestHost> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'skep-test-'))
  const kernel = new Kernel(dir)
  await seed(kernel.world, options.seed ?? 'small')
  const server = await serveKernel(kernel)
  const host = sandboxHost(dir, () => KernelClient.connect(dir))
  const closeHost = host.close.bind(host)
  let closed = false
  const close = async () => {
    if (closed) return
    closed = true
    await closeHost()
    await server.close()
    kernel.remove()
  }
  return Object.assign(host, { world: kernel.world, close, [Symbol.asyncDispose]: close })
}
