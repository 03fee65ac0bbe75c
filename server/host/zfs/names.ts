/**
 * Whether a text can be a name that zfs prints. Names are made of components of letters, digits and "-_.: " with slashes
 * between them (zfs_namecheck.c, zfs(8)); what is typed by a person is checked, with sentences, by the nouns' models.
 */
const COMPONENT = '[A-Za-z0-9_.: -]+'
const DATASET = new RegExp(`^${COMPONENT}(/${COMPONENT})*$`)
const SNAPSHOT = new RegExp(`^${COMPONENT}(/${COMPONENT})*@[A-Za-z0-9_.: -]+$`)
const BOOKMARK = new RegExp(`^${COMPONENT}(/${COMPONENT})*#[A-Za-z0-9_.: -]+$`)
const LONGEST = 255

export function isDatasetName(text: string): boolean {
  return text.length <= LONGEST && DATASET.test(text)
}

export function isSnapshotName(text: string): boolean {
  return text.length <= LONGEST && SNAPSHOT.test(text)
}

export function isBookmarkName(text: string): boolean {
  return text.length <= LONGEST && BOOKMARK.test(text)
}

/** `tank/vms/debian@before` → `tank/vms/debian` and `before`; for names that `isSnapshotName` accepts. */
export function splitSnapshot(name: string): { dataset: string; tag: string } {
  const at = name.indexOf('@')
  return { dataset: name.slice(0, at), tag: name.slice(at + 1) }
}
