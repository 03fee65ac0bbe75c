import { AppError } from '../errors.ts'
import { checkLinks, installed, linkAll, place, use, verify } from './release.ts'
import { type Site, withSite } from './site.ts'
import { makeStateDir } from './state.ts'
import { alone } from './under-way.ts'

export function install(destdir: string): Promise<void> {
  return withSite(destdir, installAt)
}

/** AppError `exists` where a version is installed already, or something of others is in its way. */
export async function installAt({ layout, release, version, say, stateDir }: Site) {
  const files = verify(release)
  checkLinks(layout)
  await alone(layout, async () => {
    const before = installed(layout)
    if (before !== null) {
      throw new AppError('exists', `Skep ${before} is installed here.`, {
        next:
          before === version ? 'There is nothing to do.' : 'To put this version in its place: skep upgrade',
      })
    }
    place(layout, release, version, files)
    linkAll(layout)
    makeStateDir(stateDir)
    // The last step: what is installed is installed in full.
    use(layout, version)
  })
  say(`Skep ${version} is installed. To start it, now and at every boot:`)
  say('  sysrc skep_enable=YES')
  say('  service skep start')
  say('and for the link that makes the first administrator:')
  say('  skep setup-link')
}
