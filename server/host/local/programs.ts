/** Finding a program once, on a fixed list of directories. */
import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '../../errors.ts'

/** hier(7): the base system first, then packages. Whatever PATH the console was started with does not matter. */
export const PROGRAM_PATH = [
  '/sbin',
  '/bin',
  '/usr/sbin',
  '/usr/bin',
  '/usr/local/sbin',
  '/usr/local/bin',
] as const

/** Looks programs up and remembers what it has found. */
export class Programs {
  readonly #directories: readonly string[]
  readonly #found = new Map<string, string>()

  constructor(directories: readonly string[]) {
    this.#directories = directories
  }

  /** The absolute path of argv[0]. AppError `unsupported` where there is no such program, `invalid` for no bare name. */
  async find(argv: readonly string[]): Promise<string> {
    const name = argv[0] ?? ''
    if (!/^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/.test(name)) {
      throw new AppError('invalid', `“${name}” is not the bare name of a program.`, { argv: [...argv] })
    }
    const known = this.#found.get(name)
    if (known !== undefined) return known
    for (const directory of this.#directories) {
      const candidate = path.join(directory, name)
      if (await isProgram(candidate)) {
        this.#found.set(name, candidate)
        return candidate
      }
    }
    throw new AppError('unsupported', `The program “${name}” is not installed on this host.`, {
      argv: [...argv],
    })
  }

  /** It was not there when it was started: look again next time. */
  forget(argv: readonly string[]): void {
    this.#found.delete(argv[0] ?? '')
  }
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK)
    return (await stat(file)).isFile()
  } catch {
    return false
  }
}
