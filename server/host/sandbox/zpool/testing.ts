import type { PoolState } from '../state.ts'

/** A healthy pool without disks, for tests that look at its datasets only. */
export function barePool(name: string, guid: string, sizeBytes: number, usableBytes = sizeBytes): PoolState {
  return {
    name,
    guid,
    createdAt: 0,
    health: 'ONLINE',
    sizeBytes,
    usableBytes,
    fragmentation: 0,
    vdevs: [],
    scan: null,
    props: {},
    features: {},
    errors: [],
    commands: [],
    readonly: false,
  }
}
