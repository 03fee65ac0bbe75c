/** The loop of a guest's run script around each run of bhyve: its log, its limits, its end and what follows. Pure. */
import { type Conf, confText } from './conf.ts'
import { shellWord } from './shell-words.ts'

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

export const LOOP_START = `  start=$(now)
  printf '{"start":%s,"argv":%s}\\n' "$start" "$argv" >>.skep/runs.jsonl
  "$@" >>.skep/stderr.log 2>&1 &
  pid=$!
  # A long log loses its middle.
  log=$PWD/.skep/stderr.log
  (cd / && exec sh -c '${LOG_KEEPER}' keep-log "$log" "$pid") >/dev/null 2>&1 &
  keeper=$!`

/** Priority and rctl(8) limits, a second after the start as vm-bhyve does. */
export function limits(conf: Conf): string[] {
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

export const LOOP_END = `  attend
  kill "$keeper"
  wait "$keeper"
  end=$(now)
  ran=$((end - start))
  printf '{"end":%s,"exit":%s,"output":"%s"}\\n' "$end" "$status" "$(tail -c 4096 .skep/stderr.log | json)" \\
    >>.skep/runs.jsonl
  rm -f vtcon.*
`

/** vm-bhyve's rules: 0 asks on_restart, 1 and 2 stop (unless NAME/restart is there), anything else asks on_fault. */
export function decision(conf: Conf): string[] {
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

export const BACK_OFF = `  # A guest that restarts at once would otherwise do so for ever at full speed.
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
