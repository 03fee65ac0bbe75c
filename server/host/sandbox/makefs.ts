/** makefs(8) for a small cd9660 image of the files of one directory. Names are those of level 1: there is no Rock Ridge here. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { isoImage } from './engine/iso.ts'
import { getopt } from './getopt.ts'
import { fail, ok, type Program } from './programs.ts'

export const makefs: Program = (world, argv, io) => {
  const options = getopt(argv.slice(1), 't:o:s:')
  if ('bad' in options || options.operands.length !== 2)
    return fail(1, 'usage: makefs [-rxZ] [-t fs-type] [-o fs-options] image-file directory\n')
  if (options.value('t') !== 'cd9660') return fail(1, `makefs: Unknown fs type \`${options.value('t')}'.\n`)
  const [image = '', directory = ''] = options.operands.map(word => path.posix.resolve(io.cwd, word))
  const from = world.resolve(directory)
  if (!existsSync(from)) return fail(1, `makefs: Can't stat \`${directory}': No such file or directory\n`)
  const label = /(?:^|,)(?:L|label)=([^,]*)/.exec(options.value('o') ?? '')?.[1] ?? ''
  const files = readdirSync(from)
    .filter(name => statSync(path.join(from, name)).isFile())
    .map(name => ({
      name: name.toUpperCase().replaceAll(/[^A-Z0-9.]/g, '_'),
      data: readFileSync(path.join(from, name)),
    }))
  writeFileSync(world.resolve(image), isoImage({ volume: label, boot: null, files }))
  world.touched(image)
  return ok()
}
