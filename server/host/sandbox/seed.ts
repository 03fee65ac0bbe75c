import type { World } from './world.ts'

export type SeedKind = 'demo' | 'empty' | 'small'

/** Fills a fresh world. `empty` has no pools. */
export async function seed(_world: World, _kind: SeedKind): Promise<void> {}
