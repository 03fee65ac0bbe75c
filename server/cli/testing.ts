/** A system below a directory, packages to install there, and a service that is only played. */
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { AppError } from '../errors.ts'
import { layout } from './layout.ts'
import type { Service } from './service.ts'
import type { Site } from './site.ts'

/** A state directory as Skep 0.1.0 left it. Its administrator: */
const OLD_STATE = new URL('../db/golden/skep-0.1.0.sql', import.meta.url)
export const OLGA = { name: 'olga', password: 'nine bees in straw' }

export function writeOldState(dir: string) {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const db = new DatabaseSync(path.join(dir, 'skep.db'))
  db.exec(readFileSync(OLD_STATE, 'utf8'))
  db.close()
}

/** An unpacked package with nothing in it but what an installation asks for. */
function writeRelease(dir: string, version: string): string {
  const files = {
    skep: `#!/bin/sh\necho ${version}\n`,
    'share/rc.d/skep': '#!/bin/sh\n',
    'share/newsyslog.conf.d/skep.conf': '',
    'share/man/man8/skep.8': `.\\" ${version}\n`,
    'share/examples/skep/doas.conf': '',
  }
  const release = path.join(dir, `skep-${version}`)
  let sums = ''
  for (const [file, text] of Object.entries(files)) {
    const at = path.join(release, file)
    mkdirSync(path.dirname(at), { recursive: true })
    writeFileSync(at, text)
    chmodSync(at, text.startsWith('#!') ? 0o755 : 0o644)
    sums += `${createHash('sha256').update(text).digest('hex')}  ${file}\n`
  }
  writeFileSync(path.join(release, 'CHECKSUMS'), sums)
  return release
}

type PlayedService = Service & { calls: string[]; isUp(): boolean; failStarts: number }

/**
 * `failStarts`: so many of the next starts do not succeed. Whether it runs is a file in `dir`, which outlives the process
 * that asked for it, and which a full disk lets through.
 */
function playedService(dir: string): PlayedService {
  const up = path.join(dir, 'service-is-up')
  const down = path.join(dir, 'service-is-down')
  const service: PlayedService = {
    calls: [],
    failStarts: 0,
    isUp: () => existsSync(up),
    isRunning: async () => service.isUp(),
    async stop() {
      service.calls.push('stop')
      renameSync(up, down)
    },
    async start() {
      service.calls.push('start')
      renameSync(down, up)
      if (service.failStarts > 0) {
        service.failStarts--
        throw new AppError('timeout', 'Skep was started and does not answer.')
      }
    },
  }
  return service
}

export type PlayedSite = Site & { said: string[]; service: PlayedService }

/** `version` is what the package is that is called. `running` is whether the service runs from the first site on. */
export function playedSite(dir: string, version: string, running?: boolean): PlayedSite {
  const said: string[] = []
  const release = path.join(dir, `skep-${version}`)
  const places = layout(path.join(dir, 'root'))
  if (!existsSync(release)) writeRelease(dir, version)
  if (running !== undefined || readdirSync(dir).every(name => !name.startsWith('service-is-'))) {
    for (const state of ['up', 'down']) rmSync(path.join(dir, `service-is-${state}`), { force: true })
    writeFileSync(path.join(dir, `service-is-${running ? 'up' : 'down'}`), '')
  }
  let minute = 0
  return {
    layout: places,
    stateDir: places.state,
    release,
    version,
    service: playedService(dir),
    said,
    say: line => void said.push(line),
    now: () => new Date(Date.UTC(2026, 10, 26, 4, minute++)),
  }
}
