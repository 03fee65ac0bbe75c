/** What of a recorded answer may differ from run to run, and what may not. */

/**
 * A word that is a figure: sizes, shares, guids, times of day, dates, txgs. No two machines, and no two runs on one,
 * share them; that a figure stands there, and in this form, is what must not change.
 */
const FIGURE = /^[+-]?[\d.,:/-]*\d[\d.,:/-]*(?:[KMGTPEB%xs]|\/s|[KMGT]\/s)?\)?[.,;]?$/
const DAY = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)$/

/** The kind of a word: figures and days by their kind, everything else by itself. */
function kind(word: string): string {
  if (DAY.test(word)) return 'day'
  if (FIGURE.test(word)) return 'figure'
  return word
}

/** Words in their order and tabs; the blanks that align columns depend on how long the figures are. */
function shape(text: string): string {
  return text
    .split('\n')
    .map(line =>
      line
        .split(/(\t| +)/)
        .map(word => (/^ +$/.test(word) ? ' ' : kind(word)))
        .join(''),
    )
    .join('\n')
}

/**
 * Whether two answers say the same in the same form. In any order: zfs walks children and snapshots as its hash tables
 * have them.
 */
export function isSame(before: string, after: string): boolean {
  return before === after || sorted(shape(before)) === sorted(shape(after))
}

function sorted(text: string): string {
  return text.split('\n').sort().join('\n')
}
