/** The system that is worked on by an installation: this machine, or one that is being put together. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { readConfig } from '../config.ts'
import { AppError } from '../errors.ts'
import { localHost } from '../host/local.ts'
import { ROOT } from '../root.ts'
import { VERSION } from '../version.ts'
import { type Layout, layout } from './layout.ts'
import { answersAt, noService, rcService, readSettings, type Service } from './service.ts'

export type Site = {
  layout: Layout
  service: Service
  stateDir: string
  /** The unpacked package, and the version it is. */
  release: string
  version: string
  say: (line: string) => void
  now: () => Date
}

/** AppError `unsupported`, `denied` where this machine cannot be worked on. */
export async function withSite(destdir: string, work: (site: Site) => Promise<void>) {
  const places = layout(destdir)
  const site = {
    layout: places,
    stateDir: places.state,
    release: path.resolve(ROOT),
    version: VERSION,
    say: (line: string) => void process.stdout.write(`${line}\n`),
    now: () => new Date(),
  }
  if (path.resolve(destdir) !== '/') return work({ ...site, service: noService })
  refuseMachine()
  const host = localHost()
  try {
    if (!existsSync(places.rc)) return await work({ ...site, service: noService })
    const settings = await readSettings(host.run)
    const service = rcService(host.run, answersAt(settings))
    await work({ ...site, service, stateDir: readConfig(settings).stateDir })
  } finally {
    await host.close()
  }
}

function refuseMachine() {
  if (process.platform !== 'freebsd') {
    throw new AppError('unsupported', `This is ${process.platform}; the package installs on FreeBSD.`, {
      next: 'To put together a FreeBSD system elsewhere, name its root with --destdir; to try Skep here: skep demo',
    })
  }
  if (process.getuid?.() !== 0)
    throw new AppError('denied', 'Only root can install.', { next: 'Call it as root, or with doas or sudo.' })
}
