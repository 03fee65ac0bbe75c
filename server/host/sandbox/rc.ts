/**
 * rc(8): what happens when the machine is switched on and off. On: the guests of vm_list are started, supervised as
 * vm-bhyve does it (a run.lock, a console file, taps, a loop around bhyve). Off: everything real is ended.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Kernel } from './kernel.ts'
import { processes } from './ps.ts'
import { assignments } from './sysrc.ts'
import type { World } from './world.ts'

const ROM = '/usr/local/share/uefi-firmware/BHYVE_UEFI.fd'
const VM = '/usr/local/sbin/vm'
const FIRST_SLOT = 4
const FIRST_VNC_PORT = 5900
const PATIENCE_MS = 5000

/** Stands in for the port, which is not part of the sandbox; only what a boot needs. */
const VM_SCRIPT = `#!/bin/sh
# The sandbox has no vm-bhyve: this is its "_run", for the guests that start by themselves.
[ "$1" = _run ] && [ -n "$2" ] || { echo 'usage: vm _run NAME' >&2; exit 1; }
root=\${0%${VM}}
. "$root/var/run/vm-bhyve/$2.sh"
`

/** Starts the guests of vm_list. Call once after the machine was switched on. */
export async function startGuests(kernel: Kernel): Promise<void> {
  const { world } = kernel
  const settings = readConf(world, '/etc/rc.conf')
  if (!/^yes$/i.test(settings.get('vm_enable') ?? '')) return
  const directory = datastore(world, settings.get('vm_dir') ?? '')
  const names = (settings.get('vm_list') ?? '').split(' ').filter(name => name !== '')
  if (directory === null || names.length === 0) return
  write(world, VM, VM_SCRIPT)
  for (const [index, name] of names.entries()) {
    const conf = readVmConf(world, `${directory}/${name}/${name}.conf`)
    if (!conf.get('loader')?.startsWith('uefi')) continue
    write(
      world,
      `/var/run/vm-bhyve/${name}.sh`,
      guestScript(world, directory, name, conf, FIRST_VNC_PORT + index),
    )
    await kernel.collect(['daemon', '-f', '/bin/sh', VM, '_run', name])
  }
}

/** Ends everything real, kindly first; forgets what does not outlive a power cut. */
export async function stopEverything(world: World): Promise<void> {
  const real = () => processes(world).filter(each => each.real)
  const signal = (name: 'SIGTERM' | 'SIGKILL') => {
    for (const each of real()) {
      try {
        process.kill(each.pid, name)
      } catch {
        // It ended meanwhile.
      }
    }
  }
  signal('SIGTERM')
  const deadline = Date.now() + PATIENCE_MS
  while (real().length > 0 && Date.now() < deadline) await new Promise(resolve => setTimeout(resolve, 50))
  signal('SIGKILL')
  world.state.vmm = {}
  for (const [name, one] of Object.entries(world.state.interfaces)) {
    if (one.type === 'tap') delete world.state.interfaces[name]
    one.members = one.members.filter(member => world.state.interfaces[member]?.type !== 'tap')
  }
  world.state.bootedAt = 0
  world.changed()
}

/** Whether the machine was switched off properly before: then this start is a boot. Marks it as running. */
export function isBoot(world: World): boolean {
  if (world.state.bootedAt !== 0) return false
  world.state.bootedAt = world.now()
  for (const each of Object.values(world.state.processes)) each.startedAt = world.state.bootedAt
  world.changed()
  return true
}

function write(world: World, machinePath: string, text: string): void {
  const file = world.resolve(machinePath)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text, { mode: 0o755 })
}

function readConf(world: World, machinePath: string): Map<string, string> {
  const file = world.resolve(machinePath)
  return new Map(
    existsSync(file) ? assignments(readFileSync(file, 'utf8')).map(each => [each.name, each.value]) : [],
  )
}

/** vm-bhyve's grammar: the first line of a key wins, comments and double quotes are cut. */
function readVmConf(world: World, machinePath: string): Map<string, string> {
  const conf = new Map<string, string>()
  const file = world.resolve(machinePath)
  if (!existsSync(file)) return conf
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const match = /^([a-z][^=]*)=(.*)$/.exec(line.replace(/#.*$/, '').replaceAll('"', '').trimEnd())
    if (match?.[1] !== undefined && !conf.has(match[1])) conf.set(match[1], match[2] ?? '')
  }
  return conf
}

/** The directory of `/path` or `zfs:pool/dataset`. */
function datastore(world: World, vmDir: string): string | null {
  return vmDir.startsWith('zfs:') ? world.mountpoint(vmDir.slice('zfs:'.length)) : vmDir || null
}

const quote = (word: string) => (/^[\w.,:=/-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)
const command = (words: string[]) => words.map(quote).join(' ')

function guestScript(
  world: World,
  directory: string,
  name: string,
  conf: Map<string, string>,
  freePort: number,
): string {
  const dataset = Object.values(world.state.datasets).find(
    each => each.mounted && world.mountpoint(each.name) === directory,
  )
  const devices = ['-s', '0,hostbridge', '-s', '31,lpc']
  let slot = FIRST_SLOT
  for (let disk = 0; conf.has(`disk${disk}_type`) && conf.has(`disk${disk}_name`); disk++) {
    const kind = conf.get(`disk${disk}_dev`) ?? 'file'
    const file = conf.get(`disk${disk}_name`) ?? ''
    const where = { zvol: `/dev/zvol/${dataset?.name}/${name}/${file}`, custom: file }[
      kind.replace('sparse-', '')
    ]
    devices.push(
      '-s',
      `0:${slot++}:0,${conf.get(`disk${disk}_type`)},${where ?? `${directory}/${name}/${file}`}`,
    )
  }
  const taps: string[] = []
  const cables: string[] = []
  for (let nic = 0; conf.has(`network${nic}_type`); nic++) {
    const switchName = conf.get(`network${nic}_switch`) ?? ''
    const mac = conf.get(`network${nic}_mac`)
    taps.push(`tap${nic}`)
    cables.push(
      `tap${nic}=$(ifconfig tap create)`,
      `ifconfig "$tap${nic}" descr ${quote(`vmnet/${name}/${nic}/${switchName}`)} group vm-port`,
      `ifconfig ${quote(`vm-${switchName}`)} addm "$tap${nic}"`,
      `ifconfig "$tap${nic}" up`,
    )
    devices.push(
      '-s',
      `0:${slot}:${nic},${conf.get(`network${nic}_type`)},@tap${nic}@${mac ? `,mac=${mac}` : ''}`,
    )
  }
  if (taps.length > 0) slot += 1
  const console = [`com1=/dev/nmdm-${name}.1B`]
  if (conf.get('graphics') === 'yes') {
    const listen = `${conf.get('graphics_listen') ?? '0.0.0.0'}:${conf.get('graphics_port') ?? freePort}`
    const [width, height] = (conf.get('graphics_res') ?? '').split('x')
    devices.push('-s', `0:${slot++}:0,fbuf,tcp=${listen}${width && height ? `,w=${width},h=${height}` : ''}`)
    if (conf.get('xhci_mouse') === 'yes') devices.push('-s', `0:${slot++}:0,xhci,tablet`)
    console.push(`vnc=${listen}`)
  }
  const argv = [
    'bhyve',
    ...devices,
    '-c',
    conf.get('cpu') ?? '1',
    '-m',
    conf.get('memory') ?? '256M',
    '-AHPw',
  ]
  argv.push(
    '-l',
    `bootrom,${ROM}`,
    '-U',
    conf.get('uuid') ?? '',
    '-u',
    '-l',
    `com1,/dev/nmdm-${name}.1A`,
    name,
  )
  const run = command(argv).replace(/'?([^' ]*)@(tap\d+)@([^' ]*)'?/g, '$1"$$$2"$3')
  return [
    `cd "$root"${quote(`${directory}/${name}`)} || exit 1`,
    `echo ${quote(world.state.hostname)} >run.lock`,
    `printf '%s\\n' ${command(console)} >console`,
    ...cables,
    'while :; do',
    `  ${run} >/dev/null 2>&1`,
    '  status=$?',
    '  [ "$status" -eq 0 ] || break',
    'done',
    ...taps.map(tap => `ifconfig "$${tap}" destroy`),
    `bhyvectl ${quote(`--vm=${name}`)} --destroy >/dev/null 2>&1`,
    'rm -f run.lock console',
    'exit "$status"',
    '',
  ].join('\n')
}
