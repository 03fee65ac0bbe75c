/** The pools that the storage specs expect, made on a real host: in files of their own, marked, and destroyed afterwards. */
import type { Host } from '../server/host/host.ts'

export const MARK = 'org.skep:throw-away'
const POOLS = ['tank', 'backup']
const FILES = '/tmp/skep-e2e'
/** A scrub of pools as small as these is over before anybody sees it: the module's own switch holds it. */
const HOLD_SCANS = '/sys/module/zfs/parameters/zfs_scan_suspend_progress'

async function must(host: Host, ...argv: string[]): Promise<void> {
  const { exit, stderr } = await host.run(argv)
  if (exit !== 0) throw new Error(`${argv.join(' ')} ended with ${exit}: ${stderr}`)
}

/** Whether a pool is there, and whether it was made here. */
async function ownerOf(host: Host, pool: string): Promise<'nobody' | 'us' | 'somebody'> {
  const { exit, stdout } = await host.run(['zfs', 'get', '-H', '-o', 'value', MARK, pool])
  if (exit !== 0) return 'nobody'
  return stdout.trim() === 'e2e' ? 'us' : 'somebody'
}

/** Throws, before anything is touched, where a pool of these names is somebody's. */
export async function makeWorld(host: Host): Promise<void> {
  for (const pool of POOLS) {
    if ((await ownerOf(host, pool)) === 'somebody')
      throw new Error(`this host has a pool ${pool} that no test made: the specs are not run on it.`)
  }
  await removeWorld(host)
  await must(host, 'mkdir', '-p', FILES)
  const file = (name: string) => `${FILES}/${name}`
  const disks = ['t0', 't1', 'b0', 'b1'].map(file)
  for (const disk of disks) await must(host, 'truncate', '-s', '2G', disk)
  const [t0 = '', t1 = '', b0 = '', b1 = ''] = disks
  const options = ['-O', `${MARK}=e2e`, '-O', 'compression=lz4']
  await must(host, 'zpool', 'create', ...options, 'tank', 'mirror', t0, t1)
  await must(host, 'zfs', 'create', 'tank/media')
  await must(host, 'zpool', 'create', ...options, 'backup', 'mirror', b0, b1)
  await must(host, 'dd', 'if=/dev/urandom', 'of=/backup/data', 'bs=1M', 'count=8', 'status=none')
  await must(host, 'zpool', 'offline', 'backup', b1)
  await host.run(['tee', HOLD_SCANS], { stdin: '1\n' })
}

export async function removeWorld(host: Host): Promise<void> {
  await host.run(['tee', HOLD_SCANS], { stdin: '0\n' })
  for (const pool of POOLS)
    if ((await ownerOf(host, pool)) === 'us') await must(host, 'zpool', 'destroy', '-f', pool)
  await must(host, 'rm', '-rf', FILES)
}
