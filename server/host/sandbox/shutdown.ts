/** shutdown(8): `shutdown -p now` ends the sandbox's kernel; it comes back when somebody knocks. */
import { getopt } from './getopt.ts'
import { fail, ok, type Program } from './programs.ts'

export const shutdown: Program = (world, argv) => {
  const options = getopt(argv.slice(1), 'chknopr')
  const how = 'bad' in options ? null : ['p', 'r', 'h'].find(letter => options.has(letter))
  if ('bad' in options || options.operands[0] !== 'now' || how === undefined)
    return fail(
      64,
      'usage: shutdown [-] [-c | -f | -h | -p | -r | -k] [-o [-n]] [-q] time [warning-message ...]\n',
    )
  // After the answer: the caller must still hear it.
  setImmediate(() => world.powerOff())
  return ok(`Shutdown NOW!\nshutdown: [pid ${process.pid}]\n`)
}
