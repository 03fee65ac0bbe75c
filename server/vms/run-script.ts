/**
 * The script that supervises a guest on the host: /bin/sh, started by daemon(8), independent of the console. It follows
 * vm-bhyve's `vm _run` (run.lock, console, taps, decisions by exit status) and keeps what bhyve says. Pure.
 */
import type { Launch } from './command.ts'
import { type Conf, confValue } from './conf.ts'
import type { GuestPlace } from './devices.ts'
import type { LoaderFiles } from './loader.ts'
import { type NicPlan, tapCommands } from './nics.ts'
import { BACK_OFF, decision, LOOP_END, LOOP_START, limits } from './run-script.loop.ts'
import { shellCommand, shellWord, tapMark } from './shell-words.ts'

export type ScriptFacts = {
  place: GuestPlace
  conf: Conf
  /** Built with `markedTaps`. */
  launch: Launch
  nics: readonly NicPlan[]
  /** What hostname(1) says, for run.lock. */
  hostname: string
}

export function runScript(facts: ScriptFacts): string {
  const { place, launch } = facts
  const made = facts.nics.filter(nic => nic.backend.kind === 'tap' && nic.backend.create !== null)
  const parts = [
    header(place),
    FUNCTIONS,
    ...(launch.loader ? [LOAD] : []),
    cleanUp(place, made),
    guard(place),
    `signals=0 pid= status=143`,
    `trap 'signals=$((signals + 1)); [ -z "$pid" ] || kill -TERM "$pid"' TERM INT HUP`,
    '',
    '# Only the newest runs are kept; a line that a crash cut short is ended.',
    '{ tail -n 400 .skep/runs.jsonl 2>/dev/null; echo; } >.skep/runs.new && mv .skep/runs.new .skep/runs.jsonl',
    ': >.skep/stderr.log',
    '',
    '# The lock and the console file are what vm-bhyve looks at.',
    `echo ${shellWord(facts.hostname)} >run.lock`,
    ...consoleFile(launch.console),
    ...network(facts),
    `run=0 pause=0`,
    'while :; do',
    '  run=$((run + 1))',
    '  rm -f vtcon.*',
    ...tapsUp(facts),
    ...prestart(facts),
    ...load(facts),
    '  if [ "$run" -eq 1 ]; then',
    command(launch.argv),
    '  else',
    command(launch.argvAgain),
    '  fi',
    LOOP_START,
    ...limits(facts.conf),
    LOOP_END,
    ...decision(facts.conf),
    BACK_OFF,
    'done',
    '',
    '# Told before the tidying up, which may take a while: it does not start again.',
    `printf '{"stops":%s}\\n' "$(now)" >>.skep/runs.jsonl`,
    'clean',
    'exit "$status"',
    '',
  ]
  return parts.join('\n')
}

function header(place: GuestPlace): string {
  return `#!/bin/sh
# Skep's supervisor of the guest ${place.name}. Started by: daemon -f /bin/sh ${place.directory}/.skep/run.sh
# Written anew at every start. It does what "vm start" would do, and besides keeps what bhyve says, keeps how each run
# ended (runs.jsonl), and waits longer and longer before it starts a guest again that restarts at once.
# To end it: shut the guest down, or kill this process, which passes the power button on to the guest.
cd "\${0%/*}/.." || exit 71
LC_ALL=C
export LC_ALL
`
}

const FUNCTIONS = `now() {
  date +%s
}

# Text as the inside of a JSON string: ASCII only, for a cut may go through a character of several bytes.
json() {
  tr '\\t\\200-\\377' ' ?' | sed -e 's/\\\\/\\\\\\\\/g' -e 's/"/\\\\"/g' -e 's/$/\\\\n/' | tr -d '\\000-\\037\\177'
}

# Ends before bhyve: says why.
failed() {
  printf '{"failed":"%s","at":%s}\\n' "$(printf '%s' "$*" | json)" "$(now)" >>.skep/runs.jsonl
  clean
  exit 71
}

# Waits until the process $pid has ended; its status is in $status then. A signal interrupts wait: it waits again.
attend() {
  status=127
  while :; do
    before=$signals
    wait "$pid"
    ended=$?
    [ "$ended" -eq 127 ] || status=$ended
    [ "$before" -ne "$signals" ] && kill -0 "$pid" 2>/dev/null || break
  done
  pid=
}
`

const LOAD = `# Fills the guest's memory with the boot loader given.
load() {
  "$@" >>.skep/stderr.log 2>&1 &
  pid=$!
  attend
  case $status in
    0) ;;
    # Somebody has ended it: that is no failure, and nothing follows.
    129 | 130 | 143) signals=$((signals + 1)) ;;
    *) failed "The boot loader $1 ended with status $status: $(grep -v '^[[:space:]]*$' .skep/stderr.log | tail -n 1)" ;;
  esac
}
`

function cleanUp(place: GuestPlace, made: readonly NicPlan[]): string {
  const taps = made.map(nic => `  [ -z "$tap${nic.index}" ] || ifconfig "$tap${nic.index}" destroy`)
  const none = made.length > 0 ? [`${made.map(nic => `tap${nic.index}=`).join(' ')}\n`] : []
  return [
    ...none,
    'clean() {',
    ...taps,
    `  bhyvectl --destroy ${shellWord(`--vm=${place.name}`)}`,
    '  rm -f run.lock suspending.lock console',
    '} >/dev/null 2>&1',
    '',
  ].join('\n')
}

/**
 * bhyve would take over a machine that is in the kernel, and what cleans up after it would destroy it: vm-bhyve may have
 * started this guest in the meantime. bhyvectl(8) without a verb only opens it: status 0 when it is there.
 */
function guard(place: GuestPlace): string {
  return [
    `if bhyvectl ${shellWord(`--vm=${place.name}`)} >/dev/null 2>&1; then`,
    `  printf '{"failed":"%s","at":%s}\\n' ${shellWord(`${place.name} is in the kernel already: something else has started it`)} "$(now)" \\`,
    '    >>.skep/runs.jsonl',
    '  exit 75',
    'fi',
    '',
  ].join('\n')
}

/** if_tuntap(4) takes a tap down when bhyve closes it: it goes up again before each further run. */
function tapsUp(facts: ScriptFacts): string[] {
  return facts.nics.flatMap(nic => {
    if (nic.backend.kind !== 'tap' || !nic.bridge) return []
    const up = shellCommand(['ifconfig', nic.backend.device ?? tapMark(nic.index), 'up'])
    return [`  [ "$run" -eq 1 ] || ${up} >>.skep/stderr.log 2>&1`]
  })
}

function consoleFile(text: string): string[] {
  const lines = text.split('\n').filter(line => line !== '')
  return lines.length === 0 ? ['rm -f console'] : [`printf '%s\\n' ${shellCommand(lines)} >console`]
}

function network(facts: ScriptFacts): string[] {
  const lines = ['']
  for (const nic of facts.nics) {
    if (nic.backend.kind !== 'tap') continue
    const create = nic.backend.create
    if (create) {
      lines.push(
        `tap${nic.index}=$(${shellCommand(create)} 2>.skep/stderr.log) ||`,
        `  failed ${shellWord(`${create.join(' ')}: `)}"$(head -n 1 .skep/stderr.log)"`,
      )
    }
    const tap = nic.backend.device ?? tapMark(nic.index)
    for (const argv of tapCommands(facts.place.name, nic, tap)) {
      lines.push(`${shellCommand(argv)} >>.skep/stderr.log 2>&1`)
    }
    if (nic.unplugged) {
      lines.push(
        `# The switch ${JSON.stringify(nic.switchName)} has no bridge on this host: the cable stays unplugged.`,
      )
    }
  }
  if (lines.length > 1) lines.push('')
  return lines
}

/** The script of the conf that runs before every boot; vm-bhyve gives it the name and the dataset's path. */
function prestart(facts: ScriptFacts): string[] {
  const script = confValue(facts.conf, 'prestart')
  if (script === undefined || script === '') return []
  const path = shellWord(script.startsWith('/') ? script : `./${script}`)
  const dataset = `${facts.place.dataset}/${facts.place.name}`
  return [
    `  [ ! -x ${path} ] || ${path} ${shellCommand([facts.place.name, dataset])} >>.skep/stderr.log 2>&1`,
  ]
}

/**
 * bhyveload(8) or grub-bhyve puts the guest's own loader into the memory of a machine that bhyve then runs once: each
 * further run needs a new one.
 */
function load({ place, launch }: ScriptFacts): string[] {
  const { loader, loaderAgain } = launch
  if (!loader || !loaderAgain) return []
  const calls = (one: LoaderFiles, indent: string) => [
    ...one.files.map(({ path, text }) => {
      const lines = shellCommand(text.replace(/\n$/, '').split('\n'))
      return `${indent}printf '%s\\n' ${lines} >${shellWord(path.slice(path.lastIndexOf('/') + 1))}`
    }),
    `${indent}load ${shellCommand(one.argv)}`,
  ]
  return [
    '  if [ "$run" -eq 1 ]; then',
    ...calls(loader, '    '),
    '  else',
    `    bhyvectl --destroy ${shellWord(`--vm=${place.name}`)} >/dev/null 2>&1`,
    '    sleep 1',
    ...calls(loaderAgain, '    '),
    '  fi',
    '  [ "$signals" -eq 0 ] || break',
  ]
}

function command(argv: readonly string[]): string {
  const lines = [`    set -- ${shellCommand(argv)}`]
  lines.push(`    argv=${shellWord(JSON.stringify(argv))}`)
  return lines.join('\n')
}
