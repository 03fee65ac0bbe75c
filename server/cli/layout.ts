/** Where an installed Skep lies: hier(7), everything below /usr/local, what it keeps below /var. */
import path from 'node:path'

export type Layout = ReturnType<typeof layout>

/** `destdir` stands before every path: `/`, or the root of a system that is being put together. */
export function layout(destdir: string) {
  const at = (place: string) => path.join(path.resolve(destdir), place)
  const versions = at('/usr/local/lib/skep')
  return {
    /** One directory a version, and `current`, the one that is used. */
    versions,
    current: path.join(versions, 'current'),
    /** Stands while one is being put in the place of another. */
    underWay: path.join(versions, 'under-way.json'),
    rc: at('/usr/local/etc/rc.d/skep'),
    /** The state, where rc.conf(5) says nothing else. */
    state: at('/var/db/skep'),
    /** Links into `current`, by where they stand: one rename of `current` changes all of them at once, and back. */
    links: [
      { at: at('/usr/local/sbin/skep'), to: 'skep' },
      { at: at('/usr/local/etc/rc.d/skep'), to: 'share/rc.d/skep' },
      { at: at('/usr/local/etc/newsyslog.conf.d/skep.conf'), to: 'share/newsyslog.conf.d/skep.conf' },
      { at: at('/usr/local/share/man/man8/skep.8'), to: 'share/man/man8/skep.8' },
      { at: at('/usr/local/share/examples/skep'), to: 'share/examples/skep' },
    ],
  }
}
