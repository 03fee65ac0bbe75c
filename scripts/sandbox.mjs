// `npm run sandbox -- zfs list -t all`: runs a program of the sandbox that the console uses, in this terminal.
import os from 'node:os'
import path from 'node:path'

const state = process.env.SKEP_STATE || path.join(os.homedir(), '.skep')
const argv = process.argv.slice(2)
if (argv.length === 0) {
  process.stderr.write(
    'usage: npm run sandbox -- PROGRAM [ARG ...]     for instance: npm run sandbox -- zfs list -t all\n',
  )
  process.exitCode = 64
} else {
  const { runHere } = await import('../server/host/sandbox/stub/run.ts')
  process.exitCode = await runHere(path.join(path.resolve(state), 'sandbox'), argv)
}
