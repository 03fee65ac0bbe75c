/** bhyvectl(8): `bhyvectl --vm=NAME [--cpu=N] --verb…`, for the verbs that concern a guest from outside. */
import { fail, ok, type Program, type ProgramResult } from './programs.ts'
import type { VmmState } from './state.ts'
import type { World } from './world.ts'

const VERBS = [
  'create',
  'destroy',
  'force-reset',
  'force-poweroff',
  'inject-nmi',
  'get-stats',
  'get-cpu-topology',
  'get-active-cpus',
  'get-suspended-cpus',
  'get-debug-cpus',
] as const
type Verb = (typeof VERBS)[number]

const USAGE = `Usage: bhyvectl --vm=<vmname>
       [--cpu=<vcpu_number>]
${VERBS.map(verb => `       [--${verb}]`).join('\n')}
`

export const bhyvectl: Program = (world, argv) => {
  const asked = parse(argv.slice(1))
  if (asked === null || asked.vm === null) return fail(1, USAGE)
  if (asked.unknown !== null) return fail(1, `bhyvectl: unrecognized option \`${asked.unknown}'\n${USAGE}`)
  const { vm, cpu, verbs } = asked
  if (verbs.has('create')) {
    if (Object.hasOwn(world.state.vmm, vm)) return failed(17)
    world.state.vmm[vm] = { name: vm, pid: null, cpus: 1, memoryBytes: 0, createdAt: world.now() }
    world.changed()
  }
  const guest = Object.hasOwn(world.state.vmm, vm) ? world.state.vmm[vm] : undefined
  if (!guest) return fail(1, `vm_open: ${vm} could not be opened: No such file or directory\n`)
  return act(world, guest, cpu, verbs)
}

type Asked = { vm: string | null; cpu: number; verbs: Set<Verb>; unknown: string | null }

/** getopt_long(3): `--vm NAME` and `--vm=NAME`; null where an argument is missing. */
function parse(words: readonly string[]): Asked | null {
  const asked: Asked = { vm: null, cpu: 0, verbs: new Set(), unknown: null }
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? ''
    const match = /^--([^=]+)(?:=(.*))?$/s.exec(word)
    if (!match) {
      asked.unknown ??= word
      continue
    }
    const name = match[1] ?? ''
    const verb = VERBS.find(known => known === name)
    if (name === 'vm' || name === 'cpu') {
      const value = match[2] ?? words[++i]
      if (value === undefined) return null
      if (name === 'vm') asked.vm = value
      else asked.cpu = Number.parseInt(value, 10) || 0
    } else if (verb) asked.verbs.add(verb)
    else asked.unknown ??= word
  }
  return asked
}

/** Failures are told on standard output, and by the status: the error's number, 255 for -1. */
function failed(errno: number): ProgramResult {
  return fail(255, '', `errno = ${errno}\n`)
}

function act(world: World, guest: VmmState, cpu: number, verbs: Set<Verb>): ProgramResult {
  const { pid } = guest
  let text = ''
  if (verbs.has('inject-nmi') && pid !== null) world.tell(pid, { kind: 'nmi' })
  if (verbs.has('get-cpu-topology'))
    text += `cpu_topology:\tsockets=${guest.cpus}, cores=1, threads=1, maxcpus=${guest.cpus}\n`
  const all = Array.from({ length: guest.cpus }, (_, i) => i).join(', ')
  if (verbs.has('get-active-cpus')) text += `active cpus:\t${pid === null ? ' (none)' : ` ${all}`}\n`
  if (verbs.has('get-suspended-cpus')) text += `suspended cpus:\t${pid === null ? ` ${all}` : ' (none)'}\n`
  if (verbs.has('get-debug-cpus')) text += 'debug cpus:\t (none)\n'
  if (verbs.has('get-stats')) text += stats(world, guest, cpu)
  // A reset or power off of a guest nobody runs is refused by the kernel: it has no active processor.
  if (verbs.has('force-reset') && !suspend(world, pid, 'reset')) return failed(22)
  if (verbs.has('force-poweroff') && !suspend(world, pid, 'poweroff')) return failed(22)
  if (verbs.has('destroy')) {
    delete world.state.vmm[guest.name]
    world.changed()
    if (pid !== null) world.tell(pid, { kind: 'destroyed' })
  }
  return ok(text)
}

function suspend(world: World, pid: number | null, kind: 'reset' | 'poweroff'): boolean {
  return pid !== null && world.tell(pid, { kind })
}

/** One line a counter: description padded to 40 columns, a tab, the number. The bytes are reported on vcpu 0 only. */
function stats(world: World, guest: VmmState, cpu: number): string {
  const process = guest.pid === null ? undefined : world.state.processes[String(guest.pid)]
  const resident = process ? Math.min(process.rssBytes, guest.memoryBytes) : 0
  const runtimeMs = process ? world.now() - process.startedAt : 0
  const counters: [description: string, value: number][] = [
    ['total number of vm exits', Math.floor(runtimeMs / 4)],
    ['vm exits due to exceptions', 0],
    ['number of times hlt was intercepted', Math.floor(runtimeMs / 55)],
    ['vcpu total runtime', Math.floor(runtimeMs * 1000)],
  ]
  if (cpu === 0) counters.push(['Resident memory', resident], ['Wired memory', 0])
  const lines = counters.map(([description, value]) => `${description.padEnd(40)}\t${value}\n`)
  return `vcpu${cpu} stats:\n${lines.join('')}`
}
