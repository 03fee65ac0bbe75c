/**
 * What no two runs share (guids, times, transaction groups, room taken by metadata) gives way to a stand-in of the same
 * kind, so that a recording can be compared with another run, and still be read by the parsers.
 */

const SIZE = '65536'
const SHORT_SIZE = '64K'
const SECONDS = '1767225600'

/** Properties whose figures depend on the machine; a 0 is a fact everywhere. */
const FIGURES =
  /^(?:used|avail|available|refer|referenced|usedby\w+|logical\w+|lused|lrefer|written.*|size|alloc|allocated|free|freeing|leaked|expandsize|bcloned|bclonesaved|\w*snapshots_changed\w*|estimated)$/
const RATIOS = /^(?:ratio|compressratio|refcompressratio|dedup|dedupratio|bcloneratio)$/
const PERCENTS = /^(?:cap|capacity|frag|fragmentation)$/
const COUNTERS = /^(?:createtxg|objsetid|ivsetguid|load_guid|last_scrubbed_txg)$/

/** The columns of a listing for programs, or null where its rows are no such thing. */
function columnsOf(argv: readonly string[]): string[] | null {
  const [program, verb] = argv
  if (!argv.slice(2).some(word => /^-[a-zA-Z]*H/.test(word))) return null
  const given = argv[argv.indexOf('-o') + 1]
  if (argv.includes('-o') && given !== undefined) return given.split(',')
  if (verb === 'get') return ['name', 'property', 'value', 'source']
  if (verb !== 'list') return null
  return program === 'zfs'
    ? ['name', 'used', 'avail', 'refer', 'mountpoint']
    : ['name', 'size', 'alloc', 'free', 'ckpoint', 'expandsz', 'frag', 'cap', 'dedup', 'health', 'altroot']
}

function figure(property: string, value: string): string {
  if (value === '-') return value
  // Kept in the order of a hash of their numbers.
  if (property === 'clones') return value.split(',').sort().join(',')
  // A part of a pool of a few megabytes is 0 or 1 by chance.
  if (PERCENTS.test(property)) return value.replace(/^\d+/, '1')
  if (RATIOS.test(property)) return value.replace(/^[\d.]+/, '1.00')
  if (value === '0' || value === '0B') return value
  if (FIGURES.test(property))
    return /^\d+$/.test(value) ? SIZE : /^[\d.]+[KMGTPE]$/.test(value) ? SHORT_SIZE : value
  return COUNTERS.test(property) && /^\d+$/.test(value) ? '1' : value
}

function inColumns(columns: readonly string[], row: string): string {
  const cells = row.split('\t')
  if (cells.length !== columns.length) return row
  const property = cells[columns.indexOf('property')]
  return cells
    .map((cell, at) => {
      const column = columns[at] ?? ''
      return property !== undefined && column === 'value' ? figure(property, cell) : figure(column, cell)
    })
    .join('\t')
}

const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \\d]\\d'
const RULES: [RegExp, string | ((whole: string, before: string) => string)][] = [
  [new RegExp(`${DAY} \\d\\d:\\d\\d:\\d\\d \\d{4}`, 'g'), 'Thu Jan  1 10:00:00 2026'],
  [new RegExp(`${DAY} [ \\d]\\d:\\d\\d \\d{4}`, 'g'), 'Thu Jan  1 10:00 2026'],
  [
    /\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d{4} \d\d:\d\d:\d\d\.\d{9}/g,
    'Jan  1 2026 10:00:00.000000000',
  ],
  [/\b\d{4}-\d\d-\d\d\.\d\d:\d\d:\d\d\b/g, '2026-01-01.10:00:00'],
  [/\b1[6-9]\d{8}\b/g, SECONDS],
  [/\b((?:min|max)?txg[ =:]+)\d+/g, (_whole, before: string) => `${before}1`],
  [/ \(\d+\)/g, ' (1)'],
  // A new pool tells its makers and features, which every version has its own of.
  [/^\S+ \[txg:\d+\] (?:create pool version|set feature@).*\n/gm, ''],
  [/\b(on|user 0 \(root\) on) [\w.:-]+\]/g, '$1 host]'],
  // What is called wrongly is told how to be called: in words of each version's own, and at length.
  [/^usage:[\s\S]*/m, 'usage:\n'],
  [
    /^( {8}(?:eid|time|pool_guid|vdev_guid|history_dsid|history_txg|history_time|pool_context|version) = )0x.*$/gm,
    '$10x1',
  ],
  [/^( {8}history_hostname = ).*$/gm, '$1"host"'],
  [/^cleared \d+ events$/gm, 'cleared 1 events'],
  [/^(Added handler )\d+/gm, '$11'],
  [/^( {2}vdev: )[0-9a-f]+$/gm, '$11'],
  [/\b[1-9]\d*( data errors,)/g, '1$1'],
  [/^\t[\d.]+[BKMG] \/ [\d.]+[BKMG] scanned.*$/gm, '\t0B / 64K scanned, 0B / 64K issued'],
  [/ in \d\d:\d\d:\d\d with /g, ' in 00:00:00 with '],
  [/\bresilvered [\d.]+[BKMG]? in/g, `resilvered ${SHORT_SIZE} in`],
  [/^(reclaim|size)\t[1-9]\d*$/gm, `$1\t${SIZE}`],
  [/\b(reclaim|estimated size is) [\d.]+[BKMGT]?$/gm, `$1 ${SHORT_SIZE}`],
  [/^(full|incremental)(\t.*\t)\d+$/gm, `$1$2${SIZE}`],
  [/\b(received )[\d.]+[BKMG](\S* stream in) .*$/gm, `$1${SHORT_SIZE}$2 1 seconds`],
  [/\b1-[0-9a-f]+-[0-9a-f]+-[0-9a-f]+\b/g, '1-1-1-1'],
]

function replaced(text: string, [what, standIn]: (typeof RULES)[number]): string {
  return typeof standIn === 'string' ? text.replace(what, standIn) : text.replace(what, standIn)
}

/** Stand-ins for the guids of one run: the same guid is the same stand-in. */
export class StandIns {
  readonly #guids = new Map<string, string>()

  #guid(guid: string): string {
    const known = this.#guids.get(guid)
    if (known !== undefined) return known
    const standIn = `1${String(this.#guids.size + 1).padStart(18, '0')}`
    this.#guids.set(guid, standIn)
    return standIn
  }

  settle(argv: readonly string[], text: string): string {
    const columns = columnsOf(argv)
    const rows =
      columns === null
        ? text
        : text
            .split('\n')
            .map(row => inColumns(columns, row))
            .join('\n')
    const told = RULES.reduce(replaced, rows).replace(/(?<![.\w])\d{15,20}(?![.\w])/g, guid =>
      this.#guid(guid),
    )
    // Holds come as they lie in a hash table.
    if (argv[1] === 'holds' && columns === null && /^-\w*H/.test(argv[2] ?? '')) return sorted(told)
    return isTable(argv) ? shapeless(told) : told
  }
}

function sorted(text: string): string {
  return text
    .split(/(?<=\n)/)
    .sort()
    .join('')
}

/** Listings for people: figures and the blanks that line them up. */
function isTable(argv: readonly string[]): boolean {
  return columnsOf(argv) === null && ['list', 'get', 'holds', 'iostat'].includes(argv[1] ?? '')
}

function shapeless(text: string): string {
  return text.replace(/\b\d+(?:\.\d+)?[KMGTP]\b/g, SHORT_SIZE).replace(/ {2,}/g, '  ')
}
