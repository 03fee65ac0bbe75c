/**
 * bhyveload(8) and grub-bhyve of the sandbox: processes of their own that fill the memory of a new machine in the kernel
 * and end, so that bhyve without firmware can run it once. There is nothing to load here: the engine boots the disk by its
 * own BIOS. They count down as the real ones do, and refuse what those refuse.
 */
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { BhyveHost } from './bhyve-host.ts'
import { memoryBytes } from './bhyve-init.ts'
import { getopt, type Options } from './getopt.ts'
import { suffer } from './process-faults.ts'
import { KernelError } from './protocol.ts'
import { kernelOf } from './start.ts'

/** How a loader ends: sysexits(3) or its own status, and what it prints on standard error. */
class LoaderExit extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const EX_USAGE = 64

const BHYVELOAD_USAGE = `usage: bhyveload [-S][-c <console-device>] [-d <disk-path>] [-e <name=value>]
                 [-h <host-path>] [-m memsize[K|k|M|m|G|g|T|t]] <vmname>`

/** A loader's command line: the machine it fills, after what countdown, and what it has to find first. */
type Job = { name: string; memory: string; disks: string[]; seconds: number }

/** `bhyveload [-CS] [-c CONSOLE] [-d DISK]… [-e NAME=VALUE]… [-h PATH] [-l LOADER] [-m MEMORY] NAME`. */
async function bhyveloadJob(options: Options): Promise<Job> {
  const [name, ...more] = options.operands
  if (name === undefined || more.length > 0) throw new LoaderExit(1, BHYVELOAD_USAGE)
  if (options.values('l').length > 1) throw new LoaderExit(EX_USAGE, 'bhyveload: -l can only be given once')
  const delay = options.values('e').find(each => each.startsWith('autoboot_delay='))
  // loader.conf(5): -1 starts at once, NO (not a number) never does.
  const seconds = Number.parseInt(delay?.split('=')[1] ?? '10', 10)
  return { name, memory: options.value('m') ?? '256M', disks: options.values('d'), seconds }
}

/** `grub-bhyve [-eSn] [-c CONSOLE] [-d DIRECTORY] [-g FILE] [-m DEVICE.MAP] [-M MEMORY] [-r ROOT] NAME`. */
async function grubJob(options: Options, host: BhyveHost): Promise<Job> {
  const [name, ...more] = options.operands
  if (name === undefined || more.length > 0)
    throw new LoaderExit(EX_USAGE, 'Usage: grub-bhyve [OPTION...] <vm name>')
  const read = async (machinePath: string) =>
    await readFile(await host.realPath(machinePath), 'utf8').catch(() => null)
  const map = await read(options.value('m') ?? 'device.map')
  const disks = [...(map ?? '').matchAll(/^\(\w+\)\s+(.+)$/gm)].map(match => match[1] ?? '')
  const config = options.value('r') === 'host' ? await read(`${options.value('d') ?? ''}/grub.cfg`) : null
  const timeout = /^(?:set )?timeout=(\d+)$/m.exec(config ?? '')?.[1]
  return { name, memory: options.value('M') ?? '256M', disks, seconds: Number(timeout ?? 3) }
}

const LOADERS = {
  bhyveload: { spec: 'CSc:d:e:h:l:m:', job: bhyveloadJob, badOption: { status: 1, text: BHYVELOAD_USAGE } },
  'grub-bhyve': {
    spec: 'eSnc:d:g:m:M:r:t:',
    job: grubJob,
    badOption: {
      status: EX_USAGE,
      text: "Try `grub-bhyve --help' or `grub-bhyve --usage' for more information.",
    },
  },
} as const

/** Runs to its end, then ends this process with the loader's status. */
export async function runBootLoader(program: keyof typeof LOADERS): Promise<void> {
  const dir = process.env.SKEP_SANDBOX
  const words = process.argv.slice(2)
  try {
    if (dir === undefined) throw new LoaderExit(EX_USAGE, `${program}: SKEP_SANDBOX does not name a sandbox`)
    await suffer(dir, [program, ...words])
    await load(dir, program, words)
    process.exit(0)
  } catch (error) {
    if (!(error instanceof LoaderExit)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(error.status)
  }
}

async function load(dir: string, program: keyof typeof LOADERS, words: readonly string[]): Promise<void> {
  const kernel = await kernelOf(dir)
  const host = new BhyveHost(dir, kernel)
  const { spec, job, badOption } = LOADERS[program]
  const options = getopt(words, spec)
  if ('bad' in options) throw new LoaderExit(badOption.status, badOption.text)
  const { name, memory, disks, seconds } = await job(options, host)
  for (const disk of disks) {
    await host.stat(disk).catch(() => {
      throw new LoaderExit(EX_USAGE, `${program}: Could not open '${disk}'`)
    })
  }
  const bytes = memoryBytes(memory)
  if (bytes === null) throw new LoaderExit(EX_USAGE, `${program}: Invalid memsize '${memory}'`)
  const argv = [program, ...words]
  await kernel.register({
    pid: process.pid,
    ppid: process.ppid,
    argv,
    title: argv.join(' '),
    vm: name,
  })
  await kernel.loadVmm(name, Number(bytes)).catch((error: unknown) => {
    if (!(error instanceof KernelError)) throw error
    throw new LoaderExit(1, 'vm_reinit: Device busy')
  })
  if (Number.isNaN(seconds)) await new Promise(() => setInterval(() => {}, 60_000))
  await pause(Math.max(0, seconds) * 1000)
}
