/** zpool-create(8). */

/** Disks that stand together; `kind` null: each for itself. */
type VdevSpec = { kind: 'mirror' | 'raidz1' | 'raidz2' | 'raidz3' | null; disks: readonly string[] }

export type CreatePool = {
  name: string
  data: readonly VdevSpec[]
  extras: readonly (VdevSpec & { role: 'log' | 'cache' | 'spare' | 'special' | 'dedup' })[]
  /** `-o name=value` of the pool. */
  poolOptions: readonly (readonly [string, string])[]
  /** `-O name=value` of its root dataset. */
  rootOptions: readonly (readonly [string, string])[]
  /** Of the root dataset: a path or `none`. */
  mountpoint: string
}

const words = ({ kind, disks }: VdevSpec): string[] => [...(kind === null ? [] : [kind]), ...disks]

/** Never with -f: a disk that is in use or holds another pool's label stays as it is. */
export function createPoolArgv(spec: CreatePool): string[] {
  return [
    'zpool',
    'create',
    ...spec.poolOptions.flatMap(([name, value]) => ['-o', `${name}=${value}`]),
    ...spec.rootOptions.flatMap(([name, value]) => ['-O', `${name}=${value}`]),
    '-m',
    spec.mountpoint,
    spec.name,
    ...spec.data.flatMap(words),
    ...spec.extras.flatMap(each => [each.role, ...words(each)]),
  ]
}
