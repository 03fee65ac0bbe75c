import type { Change } from '../inventory/inventory.ts'

/** Carries what changed, on the host or in Skep, to every open browser. */
export type LiveHub = {
  /** Tells every subscriber; changes of one tick go out as one batch. */
  publish(changes: Change[]): void
}
