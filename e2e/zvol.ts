/** Zvols and snapshots made and read on the host itself, past the console. */
import { createHash } from 'node:crypto'
import type { Console } from './console.ts'

/** A sparse zvol of one GiB whose first bytes are `text`. */
export async function makeZvol(skep: Console, name: string, text: string): Promise<void> {
  await skep.host('zfs', 'create', '-s', '-V', '1G', name)
  await writeZvol(skep, name, text)
}

/** Writes `text` again and again over the first 256 KiB. */
export async function writeZvol(skep: Console, name: string, text: string): Promise<void> {
  await skep.settle()
  const bytes = text.repeat(Math.ceil(2 ** 18 / text.length)).slice(0, 2 ** 18)
  const done = await skep.door(host =>
    host.run(['dd', `of=/dev/zvol/${name}`, 'bs=128k', 'conv=notrunc', 'status=none'], { stdin: bytes }),
  )
  if (done.exit !== 0) throw new Error(`dd: ${done.stderr}`)
}

/** Fingerprint of the first MiB. */
export async function zvolDigest(skep: Console, name: string): Promise<string> {
  await skep.settle()
  const bytes = await skep.hostBytes('dd', `if=/dev/zvol/${name}`, 'bs=128k', 'count=8', 'status=none')
  return createHash('sha256').update(bytes).digest('hex')
}

/** Tags of a dataset's snapshots, oldest first. */
export async function tagsOf(skep: Console, dataset: string): Promise<string[]> {
  const names = await skep.host(
    'zfs',
    'list',
    '-H',
    '-t',
    'snapshot',
    '-d',
    '1',
    '-o',
    'name',
    '-s',
    'createtxg',
    dataset,
  )
  return names
    .split('\n')
    .filter(Boolean)
    .map(name => name.slice(name.indexOf('@') + 1))
}
