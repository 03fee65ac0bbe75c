/** argv as text a person can paste into sh(1). Skep itself never gives text to a shell. */

/** Nothing in these means anything to a shell, wherever the word stands. */
const PLAIN = /^[A-Za-z0-9_@%+:,./-]+$/
/** Plain behind the first word only: in front of it, `a=b` is an assignment. */
const PLAIN_ARGUMENT = /^[A-Za-z0-9_@%+:,./=-]+$/

/** One word, in single quotes where it needs them (POSIX.1 XCU 2.2.2). */
function word(text: string, isFirst: boolean): string {
  if ((isFirst ? PLAIN : PLAIN_ARGUMENT).test(text)) return text
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** `['zfs', 'set', 'a:b=two words', 'tank']` → `zfs set 'a:b=two words' tank`. Words must not hold NUL: no argv can. */
export function shellText(argv: readonly string[]): string {
  return argv.map((text, index) => word(text, index === 0)).join(' ')
}
