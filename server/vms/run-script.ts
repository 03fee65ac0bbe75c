/**
 * The script that supervises a guest on the host: /bin/sh, started by daemon(8), independent of the console. It follows
 * vm-bhyve's `vm _run` (run.lock, console, taps, decisions by exit status) and keeps what bhyve says. Pure.
 */
import type { Launch } from './command.ts'
import { type Conf, confText, confValue } from './conf.ts'
import type { GuestPlace } from './devices.ts'
import { type NicPlan, tapCommands } from './nics.ts'

/** A character that no conf holds (private use). */
const MARK = '\uE000'

/** A tap's name is known only when ifconfig(8) has made it: a mark stands for it until the script is written. */
function tapMark(index: number): string {
  return `${MARK}tap${index}${MARK}`
}

/** The taps to build the launch with, for the script: marks, or the device the conf names. */
export function markedTaps(nics: readonly NicPlan[]): Map<number, string> {
  const taps = new Map<number, string>()
  for (const nic of nics) {
    if (nic.backend.kind === 'tap') taps.set(nic.index, nic.backend.device ?? tapMark(nic.index))
  }
  return taps
}

/** One word for sh: as it is where that is safe, else in single quotes; marks become "$tapN". */
function shellWord(text: string): string {
  return text
    .split(/(\uE000tap[0-9]+\uE000)/)
    .filter((part, _index, parts) => part !== '' || parts.length === 1)
    .map(part => {
      const mark = /^\uE000(tap[0-9]+)\uE000$/.exec(part)
      if (mark) return `"$${mark[1]}"`
      return /^[A-Za-z0-9_.,:=/@+-]+$/.test(part) ? part : `'${part.replaceAll("'", "'\\''")}'`
    })
    .join('')
}

export function shellCommand(argv: readonly string[]): string {
  return argv.map(shellWord).join(' ')
}

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
    cleanUp(place, made),
    guard(place),
    `signals=0 pid=`,
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

function command(argv: readonly string[]): string {
  const lines = [`    set -- ${shellCommand(argv)}`]
  lines.push(`    argv=${shellWord(JSON.stringify(argv))}`)
  return lines.join('\n')
}

/** How much of what bhyve prints is kept: a log longer than `MOST_LOG_BYTES` loses its middle. */
const MOST_LOG_BYTES = 1024 * 1024
const KEPT_LOG_BYTES = 256 * 1024

/**
 * A guest may run for years and bhyve print all the time: every half minute somebody looks at the log. It is emptied in place,
 * because bhyve holds it open (and appends). The keeper's directory is /, so that it keeps no filesystem busy, and its
 * words do not end like the supervisor's, for which it would be taken.
 */
const LOG_KEEPER = [
  'while sleep 30 && kill -0 "$2"; do',
  `[ "$(wc -c <"$1")" -gt ${MOST_LOG_BYTES} ] || continue;`,
  `{ head -c ${KEPT_LOG_BYTES} "$1"; echo; echo "[Skep left out what was here]"; tail -c ${KEPT_LOG_BYTES} "$1"; } >"$1.new"`,
  '&& : >"$1" && cat "$1.new" >>"$1"; rm -f "$1.new";',
  'done',
].join(' ')

const LOOP_START = `  start=$(now)
  printf '{"start":%s,"argv":%s}\\n' "$start" "$argv" >>.skep/runs.jsonl
  "$@" >>.skep/stderr.log 2>&1 &
  pid=$!
  # A long log loses its middle.
  log=$PWD/.skep/stderr.log
  (cd / && exec sh -c '${LOG_KEEPER}' keep-log "$log" "$pid") >/dev/null 2>&1 &
  keeper=$!`

/** Priority and rctl(8) limits, a second after the start as vm-bhyve does. */
function limits(conf: Conf): string[] {
  const commands: string[] = []
  const priority = confText(conf, 'priority')
  if (priority !== '') commands.push(`renice ${shellWord(priority)} "$pid"`)
  for (const [key, rule] of [
    ['limit_pcpu', 'pcpu:deny'],
    ['limit_rbps', 'readbps:throttle'],
    ['limit_wbps', 'writebps:throttle'],
    ['limit_riops', 'readiops:throttle'],
    ['limit_wiops', 'writeiops:throttle'],
  ] as const) {
    const value = confText(conf, key)
    if (value !== '') commands.push(`rctl -a "process:$pid:${rule}="${shellWord(value)}`)
  }
  return commands.length === 0 ? [] : [`  (sleep 1; ${commands.join('; ')}) >/dev/null 2>&1 &`]
}

/** A signal interrupts wait: then it waits again, until bhyve itself has ended. */
const LOOP_END = `  status=127
  while :; do
    before=$signals
    wait "$pid"
    ended=$?
    [ "$ended" -eq 127 ] || status=$ended
    [ "$before" -ne "$signals" ] && kill -0 "$pid" 2>/dev/null || break
  done
  pid=
  kill "$keeper"
  wait "$keeper"
  end=$(now)
  ran=$((end - start))
  printf '{"end":%s,"exit":%s,"output":"%s"}\\n' "$end" "$status" "$(tail -c 4096 .skep/stderr.log | json)" \\
    >>.skep/runs.jsonl
  rm -f vtcon.*
`

/** vm-bhyve's rules: 0 asks on_restart, 1 and 2 stop (unless NAME/restart is there), anything else asks on_fault. */
function decision(conf: Conf): string[] {
  return [
    `  [ "$signals" -eq 0 ] || break`,
    `  [ ! -f suspending.lock ] || break`,
    `  # A usage text or a list of devices within a second is a mistake in the command line, not a guest.`,
    `  if [ "$status" -le 1 ] && [ "$ran" -le 1 ] && grep -q -e '^Usage: bhyve' -e '^virtio-blk$' -e '^bootrom$' .skep/stderr.log; then`,
    `    break`,
    `  fi`,
    `  case $status in`,
    `    0) action=${shellWord(confText(conf, 'on_restart', 'restart'))} ;;`,
    `    1 | 2)`,
    `      action=shutdown`,
    `      if [ -e restart ]; then`,
    `        action=restart`,
    `        rm -f restart`,
    `      fi`,
    `      ;;`,
    `    *) action=${shellWord(confText(conf, 'on_fault', 'shutdown'))} ;;`,
    `  esac`,
    `  [ "$action" = restart ] || break`,
    `  : >.skep/stderr.log`,
    '',
  ]
}

const BACK_OFF = `  # A guest that restarts at once would otherwise do so for ever at full speed.
  if [ "$ran" -ge 10 ]; then
    pause=0
  elif [ "$pause" -eq 0 ]; then
    pause=1
  elif [ "$pause" -lt 60 ]; then
    pause=$((pause * 2))
    [ "$pause" -le 60 ] || pause=60
  fi
  if [ "$pause" -gt 0 ]; then
    sleep "$pause" &
    pid=$!
    wait "$pid"
    pid=
  fi
  [ "$signals" -eq 0 ] || break`
