/** sha256(1) of FreeBSD: `sha256 [-q] FILE…`, on files and zvols. sbin/md5/md5.c. */
import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import path from 'node:path'
import { getopt } from './getopt.ts'
import { fail, type Program } from './programs.ts'

export const sha256: Program = async (world, argv, io) => {
  const options = getopt(argv.slice(1), 'q')
  if ('bad' in options || options.operands.length === 0) return fail(1, 'usage: sha256 [-pqrtx] [file ...]\n')
  let stdout = ''
  let stderr = ''
  for (const operand of options.operands) {
    const name = path.posix.resolve(io.cwd, operand)
    try {
      const file = world.resolve(name)
      if (statSync(file).isDirectory()) throw new Error('Is a directory')
      const hash = createHash('sha256')
      for await (const piece of createReadStream(file, { signal: io.signal })) hash.update(piece)
      stdout += options.has('q') ? `${hash.digest('hex')}\n` : `SHA256 (${operand}) = ${hash.digest('hex')}\n`
    } catch (error) {
      const why =
        error instanceof Error && 'code' in error && error.code === 'ENOENT'
          ? 'No such file or directory'
          : String(error)
      stderr += `sha256: ${operand}: ${why}\n`
    }
  }
  return { exit: stderr === '' ? 0 : 1, stdout, stderr }
}
