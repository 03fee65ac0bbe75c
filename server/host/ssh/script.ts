/**
 * What runs on the other machine. sshd(8) gives the command of a session to the account's own shell, which may be sh(1),
 * csh(1) (root's on FreeBSD before 15.1) or anything else, and each reads quotes in its own way. So that shell gets one
 * constant line without a character that means something different to any of them, and /bin/sh reads what it has to do
 * from standard input, one line of text; the bytes behind that line are the program's own standard input. Nothing of the
 * words stands in that line, and no length limit of a single argument applies to them.
 */
import { PROGRAM_PATH } from '../local/programs.ts'
import { type Privilege, prefixOf } from '../privilege.ts'
import { shellWords } from './words.ts'

/** The constant line. read(1) takes no byte beyond its line from a pipe (POSIX.1 XCU, read). */
export const COMMAND = `exec /bin/sh -c 'IFS= read -r s && eval "$s"'`

/** What a script says on standard error when there is no such program; nothing else says exactly this. */
export const NOT_FOUND = 'skep: no such program\n'
export const NOT_FOUND_STATUS = 127

/** Stands in front of what a script prints, on both outputs: what came before is the account's own start-up files'. */
export const BEGUN = 'skep: begun'
/** On standard error the number of the process follows. It leads its group: sshd begins a session for each command. */
export const BEGUN_AS = /skep: begun (\d+)\n/

export type ScriptOptions = { privilege: Privilege; path?: readonly string[] }

/** `n` is a newline; the environment is that of local programs: C, because texts are recognised and numbers are read. */
function prelude(path: readonly string[] = PROGRAM_PATH): string {
  return `echo '${BEGUN}'; echo '${BEGUN}' $$ >&2; n=$(printf '\\nx'); n=\${n%x}; PATH=${shellWords([path.join(':')])}; LC_ALL=C; export PATH LC_ALL; cd /`
}

/** What stands in front of a program, with a blank behind each word. */
function prefixed(program: string | undefined, privilege: Privilege): string {
  return prefixOf(program, privilege)
    .map(word => `${word} `)
    .join('')
}

function findOr127(program: string | undefined): string {
  const name = shellWords([program ?? ''])
  return `command -v ${name} >/dev/null || { echo '${NOT_FOUND.trim()}' >&2; exit ${NOT_FOUND_STATUS}; }`
}

/** argv becomes the session's own process: sshd itself tells its exit status or signal. */
export function runScript(argv: readonly string[], options: ScriptOptions & { hasStdin: boolean }): string {
  const input = options.hasStdin ? '' : ' </dev/null'
  return `${[
    prelude(options.path),
    findOr127(argv[0]),
    `exec ${prefixed(argv[0], options.privilege)}${shellWords(argv)}${input}`,
  ].join('; ')}\n`
}

/**
 * argv for as long as somebody listens. Standard input is its lifeline: when that ends, because Skep has gone or the
 * connection has, the program is ended; a `zpool events -f` would else wait for years.
 */
export function streamScript(argv: readonly string[], options: ScriptOptions): string {
  const prefix = prefixed(argv[0], options.privilege)
  return `${[
    prelude(options.path),
    findOr127(argv[0]),
    // Once more: the program is there.
    `echo '${BEGUN}'`,
    'exec 3<&0',
    `{ ${prefix}${shellWords(argv)} </dev/null 3<&- & }`,
    'p=$!',
    `{ { while read -r x; do :; done; ${prefix}kill $p; } <&3 >/dev/null 2>&1 & }`,
    'w=$!',
    'exec 3<&-',
    'wait $p',
    's=$?',
    'kill $w 2>/dev/null',
    'exit $s',
  ].join('; ')}\n`
}

/** A text of Skep's own with its words as $1, $2, …; with `privilege`, as the superuser. */
export function ownScript(text: string, words: readonly string[], options: ScriptOptions): string {
  const prefix = prefixed('sh', options.privilege)
  return `${prelude(options.path)}; exec ${prefix}/bin/sh -c ${shellWords([text, 'sh', ...words])}\n`
}

/** Ends the process of a script and all that it started; a daemon has left the group. */
export function killScript(pid: number, options: ScriptOptions): string {
  return `${prelude(options.path)}; exec ${prefixed('kill', options.privilege)}kill -KILL -- -${pid}\n`
}
