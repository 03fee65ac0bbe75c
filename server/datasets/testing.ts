/** Rows for tests of plans: what is not said is ordinary. */
import type { Snapshot } from '../snapshots/model.ts'
import type { DatasetRow } from './model.ts'
import type { PoolFacts } from './plan.ts'

export function filesystem(name: string, more: Partial<DatasetRow> = {}): DatasetRow {
  return {
    name,
    guid: `1${[...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 1e12}`,
    createtxg: '10',
    type: 'filesystem',
    usedBytes: 2 ** 20,
    availableBytes: 2 ** 30,
    referencedBytes: 2 ** 20,
    usedByDataBytes: 2 ** 20,
    usedBySnapshotsBytes: 0,
    usedByChildrenBytes: 0,
    usedByReservationBytes: 0,
    compressRatio: 1,
    compression: 'lz4',
    checksum: 'on',
    encryption: 'off',
    mountpoint: `/${name}`,
    mounted: true,
    origin: null,
    volsizeBytes: null,
    volblocksizeBytes: null,
    refreservationBytes: 0,
    readonly: false,
    createdAt: 0,
    keptFrom: null,
    ...more,
  }
}

export function volume(name: string, more: Partial<DatasetRow> = {}): DatasetRow {
  return filesystem(name, {
    type: 'volume',
    mountpoint: null,
    mounted: null,
    volsizeBytes: 2 ** 26,
    volblocksizeBytes: 16_384,
    ...more,
  })
}

export function snapshot(name: string, createtxg: number, more: Partial<Snapshot> = {}): Snapshot {
  const [dataset = '', tag = ''] = name.split('@')
  return {
    name,
    dataset,
    tag,
    guid: `2${createtxg}`,
    createtxg: String(createtxg),
    createdAt: createtxg * 1000,
    usedBytes: 0,
    referencedBytes: 2 ** 20,
    holds: 0,
    clones: [],
    ...more,
  }
}

export const TANK: PoolFacts = {
  name: 'tank',
  health: 'ONLINE',
  readonly: false,
  features: { 'feature@blake3': 'enabled', 'feature@lz4_compress': 'active' },
}
