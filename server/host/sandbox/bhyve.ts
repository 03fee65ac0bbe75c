/**
 * bhyve(8) of the sandbox: a process of its own that runs one guest on an emulator (`engine/`) and behaves outwards
 * like the real one. Its title becomes `bhyve: NAME` once all devices are up (with `fbuf,wait`: once a viewer has
 * connected). SIGTERM presses the power button while the guest has ACPI on, and kills otherwise. It ends with 0 reset,
 * 1 power off, 2 halt, 3 triple fault, 4 error, leaves /dev/vmm/NAME behind, and ends when the kernel does.
 */
import { readFile } from 'node:fs/promises'
import { parseBhyve } from '../bhyve/argv.ts'
import { BhyveExit, Config } from '../bhyve/config.ts'
import { BhyveHost } from './bhyve-host.ts'
import { type GuestPlan, initGuest } from './bhyve-init.ts'
import type { Backing } from './engine/disk.ts'
import type { Machine } from './engine/machine.ts'
import { kernelOf } from './start.ts'

const RSS_EVERY_MS = 60_000

/** Runs until the guest ends, then ends this process with bhyve's status. */
export async function runBhyve(dir: string, words: readonly string[]): Promise<void> {
  const config = new Config()
  try {
    await guest(dir, words, config)
  } catch (error) {
    if (!(error instanceof BhyveExit)) throw error
    tell(config)
    if (error.message !== '') process.stderr.write(`${error.message}\n`)
    if (error.signal) process.kill(process.pid, error.signal)
    else process.exit(error.status)
  }
}

/** Writes the warnings that came up, once. */
function tell(config: Config): void {
  for (const line of config.warnings.splice(0)) process.stderr.write(`${line}\n`)
}

async function guest(dir: string, words: readonly string[], config: Config): Promise<void> {
  let host: BhyveHost | null = null
  const connected = async () => {
    host ??= new BhyveHost(
      dir,
      await kernelOf(dir).catch(() => {
        throw new BhyveExit(4, 'bhyve: the machine is switched off')
      }),
    )
    return host
  }
  const readMachineFile = async (path: string) => readFile(await (await connected()).realPath(path), 'utf8')
  const parsed = await parseBhyve(words, readMachineFile, config)
  if (parsed.help) {
    process.stdout.write(parsed.help.stdout)
    process.stderr.write(parsed.help.stderr)
    process.exit(0)
  }
  if (config.boolAt('config.dump', false)) {
    tell(config)
    process.stdout.write(config.dump())
    process.exit(1)
  }
  const machineHost = await connected()
  machineHost.kernel.onClose = () => {
    process.stderr.write('bhyve: the machine went down\n')
    process.exit(4)
  }
  const title = ['bhyve', ...words]
  await machineHost.kernel.register({
    pid: process.pid,
    ppid: process.ppid,
    argv: title,
    title: title.join(' '),
    vm: parsed.name,
  })
  await machineHost.learn()
  const plan = await initGuest(config, parsed.name, machineHost, line => process.stdout.write(`${line}\n`))
  tell(config)
  await run(machineHost, plan, title)
}

async function run(host: BhyveHost, plan: GuestPlan, argv: string[]): Promise<void> {
  const { limitsOf, startMachine, statusOfCrash } = await import('./engine/machine.ts')
  const disks: Backing[] = []
  const cds: Backing[] = []
  for (const disk of plan.disks)
    (disk.kind === 'cd' ? cds : disks).push(await host.open(disk.path, disk.readOnly))
  const limits = limitsOf({
    memoryBytes: plan.memoryBytes,
    cpus: plan.cpus,
    bootrom: plan.bootrom !== '',
    disks: disks.length,
    cds: cds.length,
    net: plan.net,
  })
  if (limits) process.stderr.write(`${limits}\n`)

  let machine: Machine | null = null
  let serial: Awaited<ReturnType<BhyveHost['serial']>> | null = null
  let ending = false
  const end = async (status: number) => {
    // A guest that fails while it ends is gone all the same: never a second try, never a process that stays.
    if (ending) process.exit(status)
    ending = true
    try {
      machine?.close()
      serial?.close()
      host.kernel.onClose = () => {}
      if (status === 1 && plan.destroyOnPoweroff) await host.kernel.destroyVmm(plan.name).catch(() => {})
    } finally {
      process.exit(status)
    }
  }
  process.on('uncaughtException', error => {
    const status = statusOfCrash(error)
    if (status === 4) process.stderr.write(`bhyve: the emulator failed: ${String(error)}\n`)
    void end(status)
  })
  const press = () => machine?.powerButton()
  serial = await host.serial(plan.com1, bytes => machine?.serialInput(bytes))
  const screen = plan.screen
    ? {
        socket: await host.freePort(plan.screen.port),
        wait: plan.screen.wait,
        honourPixelFormat: host.userland >= 15,
        ...(plan.screen.password === undefined ? {} : { password: plan.screen.password }),
      }
    : null
  host.kernel.onMessage = message => {
    if (message.kind === 'reset') void end(0)
    else if (message.kind === 'poweroff') void end(1)
    else if (message.kind === 'destroyed') {
      process.stderr.write('vm_run error -1, errno 6\n')
      void end(4)
    } else if (message.kind === 'nmi') process.stderr.write('sandbox: the emulator has no NMI\n')
  }
  machine = await startMachine({
    memoryBytes: plan.memoryBytes,
    disks,
    cd: cds[0] ?? null,
    cdFirst: plan.cdFirst,
    screen,
    onSerial: byte => serial.write(byte),
    onExit: status => void end(status),
    onAcpi: enabled => {
      // With a handler the signal is a button; without one it is what SIGTERM always is.
      process.off('SIGTERM', press)
      if (enabled) process.on('SIGTERM', press)
    },
    complain: line => process.stderr.write(`bhyve: ${line}\n`),
  })
  const up = () =>
    host.kernel.register({
      pid: process.pid,
      ppid: process.ppid,
      argv,
      title: `bhyve: ${plan.name}`,
      vm: plan.name,
      rssBytes: process.memoryUsage.rss(),
    })
  await up()
  setInterval(() => void up().catch(() => {}), RSS_EVERY_MS)
}
