/** A step of an upgrade or a rollback that was done. Undoing it needs no room on a disk. */
export type Step = {
  undo(): void
  /** Forgets how it could be undone. */
  settle(): void
}
