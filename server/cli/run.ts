import { homedir } from 'node:os'
import path from 'node:path'
import { checkStart } from './check.ts'

/** The console, in this process, until a signal ends it. */
export async function run() {
  await checkStart(process.env)
  await start()
}

/** The console on a practice machine beside the database. */
export async function demo() {
  const state = process.env.SKEP_STATE || path.join(homedir(), '.skep')
  process.env.SKEP_HOST ||= `sandbox:${path.join(path.resolve(state), 'sandbox')}`
  await start()
}

async function start() {
  // Next and React look at it while they are loaded.
  Object.assign(process.env, { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' })
  await import('../main.ts')
}
