/** zfs-list(8): datasets, one or all, with every figure of the tree. */
import { unreadable } from '../answer.ts'
import type { Host } from '../host.ts'
import { runZfs } from './errors.ts'
import { isDatasetName, isSnapshotName } from './names.ts'
import { Fields, parseRows } from './rows.ts'

/** A filesystem or volume as `zfs list` tells it. Sizes are bytes. */
export type ZfsDataset = {
  name: string
  guid: string
  createtxg: string
  type: 'filesystem' | 'volume'
  usedBytes: number
  availableBytes: number
  referencedBytes: number
  usedByDataBytes: number
  usedBySnapshotsBytes: number
  usedByChildrenBytes: number
  usedByReservationBytes: number
  compressRatio: number
  compression: string
  checksum: string
  encryption: string
  /** Null for volumes. */
  mountpoint: string | null
  mounted: boolean | null
  /** `tank/vms/debian@before`, null when it is no clone. */
  origin: string | null
  /** Null for filesystems. */
  volsizeBytes: number | null
  volblocksizeBytes: number | null
  refreservationBytes: number
  readonly: boolean
  /** Unix ms, whole seconds. */
  createdAt: number
}

const COLUMNS = [
  'name',
  'type',
  'guid',
  'createtxg',
  'creation',
  'used',
  'available',
  'referenced',
  'usedbydataset',
  'usedbysnapshots',
  'usedbychildren',
  'usedbyrefreservation',
  'compressratio',
  'compression',
  'checksum',
  'encryption',
  'mounted',
  'origin',
  'volsize',
  'volblocksize',
  'refreservation',
  'readonly',
  'mountpoint',
] as const

/** Every dataset, or with `dataset` only that one, or with `below` that one and all below it. */
export type ListDatasets = { dataset?: string; below?: string }

export function listDatasetsArgv(spec: ListDatasets = {}): string[] {
  const argv = ['zfs', 'list', '-Hp', '-o', COLUMNS.join(','), '-t', 'filesystem,volume']
  if (spec.below !== undefined) return [...argv, '-r', spec.below]
  return spec.dataset === undefined ? argv : [...argv, spec.dataset]
}

/** `zfs list -Hp -o <columns of listDatasetsArgv> -t filesystem,volume`. AppError `unreadable`. */
export function parseDatasets(text: string): ZfsDataset[] {
  return parseRows('zfs list', COLUMNS, text, ['name']).map(row => {
    const field = new Fields('zfs list', row)
    const type = field.word('type', ['filesystem', 'volume'])
    const origin = field.textOrNull('origin')
    if (origin !== null && !isSnapshotName(origin)) field.check('origin', () => false)
    return {
      name: field.check('name', isDatasetName),
      guid: field.id('guid'),
      createtxg: field.id('createtxg'),
      type,
      usedBytes: field.number('used'),
      availableBytes: field.number('available'),
      referencedBytes: field.number('referenced'),
      usedByDataBytes: field.number('usedbydataset'),
      usedBySnapshotsBytes: field.number('usedbysnapshots'),
      usedByChildrenBytes: field.number('usedbychildren'),
      usedByReservationBytes: field.number('usedbyrefreservation'),
      compressRatio: field.ratio('compressratio'),
      compression: field.text('compression'),
      checksum: field.text('checksum'),
      encryption: field.text('encryption'),
      mountpoint: type === 'volume' ? null : field.textOrNull('mountpoint'),
      mounted: type === 'volume' ? null : field.word('mounted', ['yes', 'no']) === 'yes',
      origin,
      volsizeBytes: type === 'volume' ? field.number('volsize') : null,
      volblocksizeBytes: type === 'volume' ? field.number('volblocksize') : null,
      refreservationBytes: field.number('refreservation'),
      readonly: field.word('readonly', ['on', 'off']) === 'on',
      createdAt: field.time('creation'),
    }
  })
}

/** Every dataset of the host, in the order zfs prints them (by name). Empty where there is none. */
export async function listDatasets(host: Host, spec: ListDatasets = {}): Promise<ZfsDataset[]> {
  const asked = spec.dataset ?? spec.below
  return parseDatasets(await runZfs(host, listDatasetsArgv(spec), asked === undefined ? [] : [asked]))
}

/** One dataset. AppError `not_found`. */
export async function getDataset(host: Host, dataset: string): Promise<ZfsDataset> {
  const argv = listDatasetsArgv({ dataset })
  const text = await runZfs(host, argv, [dataset])
  const [only, ...others] = parseDatasets(text)
  if (only?.name !== dataset || others.length > 0) {
    throw unreadable('zfs list', text, `it does not tell about “${dataset}” alone`, { argv })
  }
  return only
}
