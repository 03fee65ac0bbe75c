/** daemon(8): starts a program that has no parent, no terminal and no output. */

/** `-f` sends its standard streams to /dev/null. */
export function daemonArgv(argv: readonly string[]): string[] {
  return ['daemon', '-f', ...argv]
}
