/** How an account that has not the rights gets them: doas(1) or sudo(8), which must not ask for a password. */
import { AppError } from '../errors.ts'

export type Privilege = 'none' | 'doas' | 'sudo'

/** Nothing here asks for a password: there is nobody to type it. */
const PREFIX: Record<Privilege, readonly string[]> = {
  none: [],
  doas: ['doas', '-n'],
  sudo: ['sudo', '-n', '--'],
}

/** Programs that tell everybody what they are asked: an account with few rights need not be granted these. */
const FOR_EVERYBODY = new Set([
  'date',
  'freebsd-version',
  'hostname',
  'kldstat',
  'pciconf',
  'pgrep',
  'ps',
  'sysctl',
  'true',
  'uname',
])

/** The words in front of argv of a program; none for a program that everybody may run. */
export function prefixOf(program: string | undefined, privilege: Privilege): readonly string[] {
  return FOR_EVERYBODY.has(program ?? '') ? [] : PREFIX[privilege]
}

/** Texts of sudo(8) and doas(1) that mean: this account may not do that here. */
const REFUSALS = [
  /^sudo: (a password is required|a terminal is required to read the password|sorry, )/m,
  /^Sorry, user /m,
  /^\S+ is not (in the sudoers file|allowed to )/m,
  /^doas: (Operation not permitted|Authori[sz]ation required|Authentication required|a tty is required|doas is not enabled)/im,
]

/** Whether the prefix refused to run the program at all. */
export function isPrivilegeRefused(privilege: Privilege, exit: number | null, stderr: string): boolean {
  return privilege !== 'none' && exit === 1 && REFUSALS.some(pattern => pattern.test(stderr))
}

/** AppError `denied` where it did, with the rule that would allow it. `where`: there, or here. */
export function throwIfRefused(
  argv: readonly string[],
  privilege: Privilege,
  { exit, stderr }: { exit: number | null; stderr: string },
  where: 'there' | 'here',
): void {
  if (!isPrivilegeRefused(privilege, exit, stderr)) return
  const name = argv[0] ?? ''
  const rule =
    privilege === 'sudo'
      ? `Allow it in sudoers(5), without a password: ACCOUNT ALL=(root) NOPASSWD: /path/of/${name}`
      : `Allow it in doas.conf(5): permit nopass ACCOUNT as root cmd ${name}`
  throw new AppError('denied', `${privilege} does not let this account run “${name}” ${where}.`, {
    argv: [...argv],
    exit,
    stderr,
    next: rule,
  })
}
