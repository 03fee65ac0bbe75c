import { chmodSync, mkdirSync } from 'node:fs'
import type { Server } from 'node:http'
import path from 'node:path'
import { type Config, readConfig } from './config.ts'
import { holdState, openDatabase } from './db/database.ts'
import { AppError } from './errors.ts'
import { createHost } from './host/create.ts'
import { readMachineFacts } from './host/machine.ts'
import { type OwnKey, ownKey } from './host/ssh.ts'
import { entryOf } from './hosts/entry.ts'
import { firstHost } from './hosts/first.ts'
import type { FleetHost } from './hosts/fleet.ts'
import { createMachine, type Machine } from './hosts/machine.ts'
import { createHttpServer } from './http.ts'
import { readImages } from './images/read.ts'
import { createInventory } from './inventory/live.ts'
import { createReader, readDatasets } from './inventory/reader.ts'
import { createLogger, type Logger } from './log.ts'
import { readNetworks } from './networks/read.ts'
import { createPages } from './pages.ts'
import { settlers } from './procedures.ts'
import { ROOT } from './root.ts'
import { createServices, type Opening } from './services.ts'
import { attachSockets } from './sockets.ts'
import { createStaticFiles } from './static.ts'
import { guestMarks, readVms } from './vms/read.ts'
import { welcome } from './welcome.ts'

const SWEEP_EVERY_MS = 60_000
/** How long a stop waits for running tasks; what is still running then is settled at the next start. */
const STOP_PATIENCE_MS = 10_000

/** What is in the way is said in one sentence on standard error, and the process ends with 1. */
function die(error: unknown): never {
  const next = error instanceof AppError && error.detail.next ? ` ${error.detail.next}` : ''
  process.stderr.write(`skep: ${error instanceof Error ? error.message : String(error)}${next}\n`)
  process.exit(1)
}

async function start(config: Config, log: Logger) {
  mkdirSync(config.stateDir, { recursive: true, mode: 0o700 })
  chmodSync(config.stateDir, 0o700)
  const held = holdState(config.stateDir)
  const db = openDatabase(path.join(config.stateDir, 'skep.db'))
  const own = () => ownKey(config.stateDir)
  const services = createServices({
    first: await firstHost(config, line => process.stderr.write(`skep: ${line}\n`)),
    open: (host, opening) => openMachine(host, opening, { own, config }),
    ownKey: own,
    db,
    log,
    now: Date.now,
    settlers,
  })

  // Standard output is for the one line at the end; what Next has to say goes to the log's side.
  const say = process.stdout.write.bind(process.stdout)
  process.stdout.write = process.stderr.write.bind(process.stderr)
  const pages = await createPages({ dev: config.dev, root: ROOT, port: config.port })
  endOnOurOwn(log)
  let port = config.port
  const doors = { services, config, pages, port: () => port }
  const server = createHttpServer({ ...doors, files: createStaticFiles(ROOT, { build: !config.dev }) })
  const sockets = attachSockets(server, doors)
  port = await listen(server, config)

  services.fleet.recover()
  const sweeper = setInterval(() => {
    services.accounts.sweep()
    services.fleet.sweep().catch((error: unknown) => log.error({ err: error }, 'a host could not be closed'))
  }, SWEEP_EVERY_MS)

  /** The first signal ends in order, the second at once. */
  let ending = false
  async function stop() {
    if (ending) process.exit(1)
    ending = true
    clearInterval(sweeper)
    server.close()
    await services.fleet.rest(STOP_PATIENCE_MS)
    sockets.close()
    server.closeAllConnections()
    services.live.close()
    await services.fleet.close()
    await pages.close()
    db.close()
    held.release()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void stop().catch(die))

  say(`${welcome(services, config, port)}\n`)
}

/** A host with everything that there is once for each. */
async function openMachine(
  { id, address, signIn }: FleetHost,
  opening: Opening,
  { own, config }: { own: () => OwnKey; config: Pick<Config, 'privilege' | 'stateDir'> },
): Promise<Machine> {
  const host = await createHost({
    id,
    address,
    entry: signIn && entryOf(signIn, own),
    privilege: config.privilege,
  })
  const inventory = createInventory({
    host,
    read: createReader(host, {
      vms: () => readVms(host),
      vmMarks: guestMarks(host),
      networks: () => readNetworks(host),
      images: async () => readImages(host, await readDatasets(host)),
      facts: () => readMachineFacts(host),
    }),
  })
  const serialDirectory = path.join(config.stateDir, 'serial', encodeURIComponent(id))
  return createMachine({ ...opening, host, inventory, serialDirectory })
}

/** Next answers every uncaught error by carrying on; a process in an unknown state must end instead. */
function endOnOurOwn(log: Logger) {
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', error => {
    log.fatal({ err: error }, 'uncaughtException')
    process.exit(1)
  })
  // A promise that nobody waited for left nothing half done in this process: it is a mistake to mend, no reason to end.
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', error => log.error({ err: error }, 'unhandledRejection'))
}

function listen(server: Server, config: Config): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE'
      const words = taken
        ? `Port ${config.port} is in use.`
        : `Port ${config.port} cannot be opened: ${error.message}.`
      reject(new AppError('in_use', words, taken ? { next: 'Set PORT to another one.' } : {}))
    })
    server.listen(config.port, config.listen, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : config.port)
    })
  })
}

const log = createLogger()
try {
  await start(readConfig(process.env), log)
} catch (error) {
  if (!(error instanceof AppError)) log.fatal({ err: error }, 'Skep could not start')
  die(error)
}
