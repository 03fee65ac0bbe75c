/** A laboratory for the time of a test run: its own port and disks, gone with the process that borrowed it. */
import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { ensureImage, identityFile } from './build.mjs'
import { withLock } from './cache.mjs'
import { isFrozen, machineOf, pidOf, start, stop, thaw } from './machine.mjs'
import { ensureTools } from './tools.mjs'

/** What the specs and the contract suite ask for in their environment. */
export function labEnv(address) {
  return { HOST: address, HOST_IDENTITY: process.env.HOST_IDENTITY || identityFile() }
}

/** Resolves to the address and to what gives it back. Builds the image where it is missing. */
export async function borrowLab(zfs) {
  await ensureImage(zfs, { again: false })
  ensureTools({ building: false })
  const machine = machineOf(zfs, await freePort())
  // A run that is told to end has no time for an orderly one.
  const drop = () => {
    const pid = pidOf(machine)
    if (pid !== null) process.kill(pid, 'SIGKILL')
    rmSync(machine.directory, { recursive: true, force: true })
  }
  process.on('exit', drop)
  await withLock(`run-${zfs}-${machine.port}`, () => (isFrozen(zfs) ? thaw(machine) : start(machine)))
  return {
    address: `ssh://root@127.0.0.1:${machine.port}`,
    async giveBack() {
      await stop(machine)
      process.off('exit', drop)
    },
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}
