/** The host on which the states are made that the golden cases show: pools of our own, on disks that were empty. */
import type { Host, RunResult } from '../../server/host/host.ts'
import type { Golden, Program } from './record.ts'

/** A user property of every pool that is made here: what has it may be destroyed, and nothing else is. */
const MARK = 'org.skep:throw-away'
const OURS = ['tank', 'rz', 'a b', 'sus', 'wide', 'rz23', 'rz3', 'dr', 'str', 'old', 'ma']
const DISKS = ['vdb', 'vdc', 'vdd', 'vde', 'vdf', 'vdg', 'vdh', 'vdi']
/** As the golden cases show them. */
const FILES = '/vd'

export type Stage = {
  /** Asks these cases, as they are written down, and keeps the answers. */
  ask(names: string, options?: { user?: string; stdin?: string }): Promise<void>
  /** Makes a state; must succeed. */
  make(...argv: string[]): Promise<string>
  /** The same, where failing is no harm. */
  may(...argv: string[]): Promise<RunResult>
  /** Creates a marked pool. */
  pool(...words: string[]): Promise<void>
  /** Random bytes at the beginning of a file or volume. */
  fill(path: string, mebibytes: number): Promise<void>
  /** A small file, or a switch of the kernel. */
  write(path: string, text: string): Promise<void>
  /** Four partitions of 220 MiB on a spare disk. */
  quarter(disk: string): Promise<void>
  /** Empty files for vdevs, `/vd/NAME`. */
  files(sizeMiB: number, ...names: string[]): Promise<string[]>
}

/** Throws, before anything is touched, where a pool or a disk is in the way. */
export async function refuseOccupied(host: Host): Promise<void> {
  const pools = (await host.run(['zpool', 'list', '-H', '-o', 'name'])).stdout.split('\n').filter(Boolean)
  if (pools.length > 0)
    throw new Error(
      `this host has pools (${pools.join(', ')}). Golden cases are recorded on a host without any: npm run lab makes one.`,
    )
  if ((await host.run(['test', '-e', FILES])).exit === 0)
    throw new Error(`${FILES} is in the way on this host; nothing was touched.`)
  for (const disk of DISKS) {
    const found = await host.run(['wipefs', '-n', `/dev/${disk}`])
    if (found.exit !== 0) throw new Error(`there is no spare disk /dev/${disk}: ${found.stderr.trim()}`)
    if (found.stdout.trim() !== '') throw new Error(`/dev/${disk} is not empty; nothing was touched.`)
  }
}

/** Destroys what carries the mark, and empties the disks it stood on. */
export async function cleanUp(host: Host): Promise<void> {
  for (const pool of OURS) {
    const mark = await host.run(['zfs', 'get', '-H', '-o', 'value', MARK, pool])
    if (mark.stdout.trim() === 'yes') await host.run(['zpool', 'destroy', '-f', pool])
  }
  for (const disk of DISKS) await host.run(['wipefs', '-aq', `/dev/${disk}`])
  await host.run(['rm', '-rf', FILES])
}

export function createStage(host: Host, golden: Golden): Stage {
  async function may(...argv: string[]): Promise<RunResult> {
    return host.run(argv, { timeoutMs: 120_000 })
  }
  async function make(...argv: string[]): Promise<string> {
    const { exit, stdout, stderr } = await may(...argv)
    if (exit !== 0) throw new Error(`${argv.join(' ')} ended with ${exit}: ${stderr.trim()}`)
    return stdout
  }
  async function askOne(program: Program, name: string, options: { user?: string; stdin?: string }) {
    const argv = golden.argvOf(program, name)
    if (!argv) throw new Error(`no version has the case ${name}: write its .cmd first.`)
    const { user, stdin } = options
    const asked = user
      ? ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups', '--', ...argv]
      : argv
    const answer = await host.run(asked, { timeoutMs: 120_000, ...(stdin === undefined ? {} : { stdin }) })
    golden.keep(program, name, argv, { ...answer, stdout: withoutMark(answer.stdout) })
  }
  return {
    may,
    make,
    async ask(names, options = {}) {
      for (const name of names.trim().split(/\s+/)) {
        const program = golden.programOf(name)
        if (!program) throw new Error(`no version has the case ${name}: write its .cmd first.`)
        await askOne(program, name, options)
      }
    },
    async pool(...words) {
      await make('zpool', 'create', '-O', `${MARK}=yes`, ...words)
    },
    async fill(path, mebibytes) {
      const count = `count=${mebibytes}`
      await make('dd', 'if=/dev/urandom', `of=${path}`, 'bs=1M', count, 'conv=notrunc,fsync', 'status=none')
    },
    // Not the port's way of writing, which puts a new file in the place of the old one: that is no way with /sys.
    async write(path, text) {
      const done = await host.run(['tee', path], { stdin: text })
      if (done.exit !== 0) throw new Error(`tee: ${done.stderr.trim()}`)
    },
    async quarter(disk) {
      const stdin = `label: gpt\n${',220M\n'.repeat(4)}`
      const done = await host.run(['sfdisk', '-q', `/dev/${disk}`], { stdin })
      if (done.exit !== 0) throw new Error(`sfdisk: ${done.stderr.trim()}`)
      await make('udevadm', 'settle')
    },
    async files(sizeMiB, ...names) {
      await make('mkdir', '-p', FILES)
      const paths = names.map(name => `${FILES}/${name}`)
      for (const path of paths) await make('truncate', '-s', `${sizeMiB}M`, path)
      return paths
    },
  }
}

/** The mark is ours, not OpenZFS's. */
function withoutMark(text: string): string {
  return text
    .split('\n')
    .filter(line => !line.includes(MARK))
    .join('\n')
}
