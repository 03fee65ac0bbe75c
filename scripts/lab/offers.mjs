/** The versions of OpenZFS that Debian ships, and where a laboratory of each is kept. */

/**
 * By the version a person asks for. `suite` is Debian's release, `backports` takes the zfs packages (and nothing else)
 * from its backports; `port` is where ssh answers unless another one is asked for.
 */
export const OFFERS = {
  2.1: { suite: 'bookworm', backports: false, port: 2221 },
  2.3: { suite: 'trixie', backports: false, port: 2223 },
  2.4: { suite: 'trixie', backports: true, port: 2224 },
}

export const NEWEST = '2.4'

/** The offer of a version. Throws with a sentence when there is none. */
export function offerOf(zfs) {
  const offer = OFFERS[zfs]
  if (!offer)
    throw new Error(`there is no OpenZFS ${zfs} here; choose one of ${Object.keys(OFFERS).join(', ')}.`)
  return offer
}
