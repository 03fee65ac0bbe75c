/** `node main.ts DIR PROGRAM ARG…`: the entry of the stubs. */
import { runHere } from './run.ts'

const [dir, ...argv] = process.argv.slice(2)
if (!dir || argv.length === 0) {
  process.stderr.write('usage: main.ts DIR PROGRAM [ARG ...]\n')
  process.exitCode = 64
} else {
  process.exitCode = await runHere(dir, argv)
}
