/** `node bhyve-main.ts ARG…` with SKEP_SANDBOX=<dir>: what `bhyve` is on the sandbox's PATH. */
import { setFlagsFromString } from 'node:v8'
import { runBhyve } from './bhyve.ts'
import { suffer } from './process-faults.ts'

// The emulator's code is compiled once and simply: optimising it costs 100 MB a guest and a slower start.
for (const flag of ['--liftoff-only', '--no-wasm-tier-up', '--no-wasm-dynamic-tiering'])
  setFlagsFromString(flag)

// A guest does not end because nobody reads what it prints.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

const dir = process.env.SKEP_SANDBOX
if (dir === undefined) {
  process.stderr.write('bhyve: SKEP_SANDBOX does not name a sandbox\n')
  process.exit(64)
}
await suffer(dir, ['bhyve', ...process.argv.slice(2)])
await runBhyve(dir, process.argv.slice(2))
