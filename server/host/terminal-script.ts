/**
 * How a terminal device of a host is held: one text for /bin/sh with programs of FreeBSD's base system, the same here and
 * over SSH. Standard output is what comes from the device, byte for byte, behind the line `HOLDS`. Standard input is lines
 * of printf(1) escapes, and its end is the end of everything: Skep has gone, or the connection has. For each line a line
 * with a point comes on standard error when it has reached the device.
 *
 * - A plain open(2) of a null modem waits until the other end is open, and everybody who opens it meanwhile waits with it
 *   (sys/kern/tty.c, ttydev_open). lockf(1) opens without waiting, and keeps it open: stty(1) can then set clocal, after
 *   which nobody waits any more. Its flock(2) tells a second Skep that there is a first.
 * - raw: no byte means anything to the host. 460800 costs nothing on a null modem and gives its buffer 64 KiB instead of
 *   less than two (tty_watermarks).
 * - cu(1), with which `vm console` works, makes a lock file in /var/spool/lock (uu_lock(3)) but goes on where there is one
 *   already: tip takes every answer of uu_lock that is not negative for consent. So Skep makes none and gives way: it does
 *   not begin while a living process has one, and ends within two seconds when one comes.
 */

const LOCK_DIRECTORY = '/var/spool/lock'

/** On standard output in front of the device's own bytes. */
export const HOLDS = 'skep: holds'

/** On standard error: somebody's lock, with process, user and command. */
export const HELD = /^skep: held (\d+) (\S+)\s+(.+)$/m

/** How a held port tells that a line has reached the device. */
export const TAKEN = '.'

/** sysexits(3), EX_TEMPFAIL: lockf's own answer when another has the lock. */
const BUSY = 75

const HELD_BY = `held() {
  [ -e "$l" ] || return 1
  p=$(tr -cd 0-9 <"$l") && [ -n "$p" ] && w=$(ps -ww -o user= -o args= -p "$p") && [ -n "$w" ] || return 1
  echo "skep: held $p $w" >&2
}`

/** $1 is the device, $2 the lock file that others make, $3 what is done while it is open. */
export const OPEN = `d=$1 l=$2
${HELD_BY}
held && exit ${BUSY}
exec lockf -k -n -t 0 "$d" /bin/sh -c "$3" sh "$d" "$l"
`

/**
 * What is typed goes through a pipe to a process of its own, and Skep sends a line only when the one before was taken: so
 * whoever reads standard input never waits for a guest that does not read, and hears its end at once.
 */
const HOLD = `d=$1 l=$2
${HELD_BY}
stty -f "$d" raw -echo clocal 460800 || exit 1
exec 3<>"$d" 4<&0
trap 'trap "" TERM; kill -TERM 0' EXIT
trap 'exit 0' HUP INT TERM
echo '${HOLDS}'
{ cat <&3; kill $$; } &
while sleep 2; do if held; then kill $$; break; fi; done &
{ while IFS= read -r x; do printf '%s\\n' "$x"; done; kill $$; } <&4 |
  while IFS= read -r x; do printf "$x" >&3; echo ${TAKEN} >&2; done &
exec 4<&-
wait
`

/** The words of `OPEN`, from $1 on. */
export function holdWords(device: string, lockDirectory = LOCK_DIRECTORY): string[] {
  return [device, `${lockDirectory}/LCK..${device.slice(device.lastIndexOf('/') + 1)}`, HOLD]
}

/** Bytes as one line that printf(1) makes them of again: `\\101\\015`. Octal for all of them: `%` and NUL are bytes too. */
export function typedLine(bytes: Uint8Array): string {
  let line = ''
  for (const byte of bytes) line += `\\${byte.toString(8).padStart(3, '0')}`
  return `${line}\n`
}
