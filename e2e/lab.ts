/** Power for the laboratory that the specs run on: `npm run lab` as a person would call it. */
import { execFile, execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'

const run = promisify(execFile)
const LAB = fileURLToPath(new URL('../scripts/lab.mjs', import.meta.url))

const status = z.object({
  running: z.array(z.object({ zfs: z.string(), port: z.int(), address: z.string() })),
})

/** The words that name the laboratory of this machine at an address; null where what answers there is anything else. */
export function labAt(address: string): string[] | null {
  const said = execFileSync(process.execPath, [LAB, 'status', '--json'], { encoding: 'utf8' })
  const found = status.parse(JSON.parse(said)).running.find(each => each.address === address)
  return found ? ['--zfs', found.zfs, '--port', String(found.port)] : null
}

/** Kills the machine. The returned function boots it again with the disks as they were at that moment. */
export async function pullThePlug(address: string): Promise<() => Promise<void>> {
  const words = labAt(address)
  if (!words) throw new Error(`${address} is no laboratory of this machine: npm run lab starts one.`)
  await run(process.execPath, [LAB, 'cut', ...words])
  return async () => {
    await run(process.execPath, [LAB, 'start', '--keep-disks', ...words])
  }
}
