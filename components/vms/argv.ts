import { quote } from '../ui/shell.ts'

/** A long command line with one option a line, as it can be pasted into sh(1). */
export function commandLines(argv: readonly string[]): string {
  const lines: string[] = []
  for (const [index, word] of argv.entries()) {
    const before = argv[index - 1]
    const isValue = index > 1 && before !== undefined && /^-[A-Za-z]$/.test(before) && !word.startsWith('-')
    if (isValue) lines.push(`${lines.pop()} ${quote(word)}`)
    else lines.push(quote(word))
  }
  return lines.join(' \\\n    ')
}
