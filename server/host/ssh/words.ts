/** Words for sh(1) on the other machine: the one place where Skep quotes for a shell that runs. */

/**
 * One word on one line, whatever it holds: single quotes (POSIX.1 XCU 2.2.2), a newline as the variable `n`. The line is
 * read by `read -r` and given to `eval`; the account's own shell, which may be csh(1), never sees it. No NUL: no argv has.
 */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''").replaceAll('\n', `'"$n"'`)}'`
}

export function shellWords(words: readonly string[]): string {
  return words.map(shellWord).join(' ')
}
