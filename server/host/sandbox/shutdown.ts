/** shutdown(8): `shutdown -p now` ends the guests and the sandbox's kernel; it boots when somebody knocks again. */
import { getopt } from './getopt.ts'
import { fail, type Program } from './programs.ts'
import { stopEverything } from './rc.ts'

export const shutdown: Program = (world, argv) => {
  const options = getopt(argv.slice(1), 'chknopr')
  const how = 'bad' in options ? undefined : ['p', 'r', 'h'].find(letter => options.has(letter))
  if ('bad' in options || options.operands[0] !== 'now' || how === undefined)
    return fail(
      64,
      'usage: shutdown [-] [-c | -f | -h | -p | -r | -k] [-o [-n]] [-q] time [warning-message ...]\n',
    )
  return (async function* () {
    yield { stdout: 'Shutdown NOW!\n' }
    await stopEverything(world)
    // After the answer: the caller must still hear it.
    setImmediate(() => world.powerOff())
    return 0
  })()
}
