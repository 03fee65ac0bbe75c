/** What each setting of a pool does, in one sentence. zpoolprops(7). */
export const POOL_SETTING_WORDS: Readonly<Record<string, string>> = {
  autoexpand: 'The pool grows by itself when all disks of a group have grown.',
  autoreplace: 'A new disk in the place of an old one is taken into the pool by itself.',
  autotrim: 'Freed space is told to the disks all the time; a trim by hand does it at once.',
  comment: 'A note that shows also while the pool is not imported.',
  delegation: 'Users may be given rights on datasets (zfs-allow(8)).',
  failmode: 'What happens when the pool loses more disks than it bears.',
  listsnapshots: '“zfs list” names snapshots too.',
  multihost: 'Two machines can be kept from importing the pool at the same time.',
}
