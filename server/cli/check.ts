import { existsSync } from 'node:fs'
import path from 'node:path'
import { type Config, readConfig } from '../config.ts'
import { checkDatabase } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { parseAddress } from '../host/address.ts'
import { serviceEnvironment } from './service.ts'

/** For people and the rc script: nothing is started and nothing is changed. */
export async function check() {
  await checkStart(await serviceEnvironment())
  process.stdout.write('Skep can start here.\n')
}

/** AppError with the reason when Skep cannot run with this environment. */
export async function checkStart(env: NodeJS.ProcessEnv) {
  const config = readConfig(env)
  parseAddress(config.host)
  if (!env.SKEP_HOST) refuseMachine(config.privilege)
  const database = path.join(config.stateDir, 'skep.db')
  if (existsSync(database)) checkDatabase(database)
}

/** This machine as the host needs FreeBSD and root; whoever names a host in SKEP_HOST has decided. */
function refuseMachine(privilege: Config['privilege']) {
  if (process.platform !== 'freebsd') {
    throw new AppError(
      'unsupported',
      `This is ${process.platform}; Skep manages FreeBSD machines, whose guests run on bhyve.`,
      { next: 'To try it on a practice machine: skep demo' },
    )
  }
  // Everything it needs does: /dev/vmm, ifconfig(8), "zpool events", vm-bhyve's files.
  if (privilege === 'none' && process.getuid?.() !== 0) {
    throw new AppError(
      'denied',
      'Managing this machine needs root: bhyve, ifconfig and zpool refuse anybody else.',
      {
        next: 'Start it as root, let it borrow rights by SKEP_PRIVILEGE=doas, or try it on a practice machine: skep demo',
      },
    )
  }
}
