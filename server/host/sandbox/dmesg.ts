/** dmesg(8): the kernel's messages, as they were kept at boot. */
import { existsSync, readFileSync } from 'node:fs'
import { getopt } from './getopt.ts'
import { fail, ok, type Program } from './programs.ts'

const BOOT_MESSAGES = '/var/run/dmesg.boot'

export const dmesg: Program = (world, argv) => {
  const options = getopt(argv.slice(1), 'acM:N:')
  if ('bad' in options || options.operands.length > 0)
    return fail(1, 'usage: dmesg [-ac] [-M core [-N system]]\n')
  const file = world.resolve(BOOT_MESSAGES)
  return ok(existsSync(file) ? readFileSync(file, 'utf8') : '')
}
