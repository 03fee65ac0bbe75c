/** The golden cases of zfs, as the tests beside it need them. */
import { type GoldenCase, goldenCases, reshape } from '../golden/cases.testing.ts'
import { listDatasetsArgv } from './list.ts'
import { listSnapshotIndexArgv, listSnapshotsArgv } from './snapshots.ts'

export const VERSIONS = ['2.1.11', '2.3.9', '2.4.4']
export const CASES = goldenCases('zfs')
export const KEEP = goldenCases('keep').filter(each => each.argv[0] === 'zfs')

export function columnsOf(argv: readonly string[]): string[] {
  const at = argv.indexOf('-o')
  return at < 0 ? [] : (argv[at + 1]?.split(',') ?? [])
}

/** Listings in the machine's form that show all these columns. */
export function listings(needed: readonly string[]): GoldenCase[] {
  return [...CASES, ...KEEP].filter(
    each =>
      each.argv[1] === 'list' &&
      each.argv.includes('-Hp') &&
      needed.every(column => columnsOf(each.argv).includes(column)),
  )
}

export const DATASET_COLUMNS = listDatasetsArgv()[4]?.split(',') ?? []
export const SNAPSHOT_COLUMNS = listSnapshotsArgv('all').at(-1)?.split(',') ?? []
export const INDEX_COLUMNS = listSnapshotIndexArgv('all').at(-1)?.split(',') ?? []

/** The rows of one kind, as our own listing would have shown them (`checksum` is in none of the cases). */
export function rowsOf(each: GoldenCase, kind: 'dataset' | 'snapshot' | 'bookmark'): string {
  const columns = columnsOf(each.argv)
  const to = kind === 'dataset' ? DATASET_COLUMNS : kind === 'snapshot' ? SNAPSHOT_COLUMNS : INDEX_COLUMNS
  const rows = each.stdout.split('\n').filter(line => {
    const type = line.split('\t')[columns.indexOf('type')]
    return kind === 'dataset' ? type === 'filesystem' || type === 'volume' : type === kind
  })
  return reshape(rows.map(row => `${row}\n`).join(''), columns, to, { checksum: 'on' })
}
