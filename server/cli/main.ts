/** `skep COMMAND`: what an administrator types. The program `skep` beside it has made sure of a Node that can run this. */
import { parseArgs } from 'node:util'

/** sysexits(3). */
const EX_USAGE = 64

type Options = { destdir: string }
type Command = {
  /** After the name. */
  usage?: string
  words: string
  run: (options: Options) => Promise<void>
}

/** `--destdir`: a system that is being put together below that directory; nothing of it runs. */
const DESTDIR = '[--destdir DIR]'

const COMMANDS: Record<string, Command> = {
  install: {
    usage: DESTDIR,
    words: 'install this version below /usr/local',
    run: async ({ destdir }) => (await import('./install.ts')).install(destdir),
  },
  upgrade: {
    usage: DESTDIR,
    words: 'put this version in the place of the installed one, and bring the state forward',
    run: async ({ destdir }) => (await import('./upgrade.ts')).upgrade(destdir),
  },
  rollback: {
    usage: DESTDIR,
    words: 'go back to the version before the last upgrade, and to the state of then',
    run: async ({ destdir }) => (await import('./rollback.ts')).rollback(destdir),
  },
  'setup-link': {
    words: 'print a link that makes the first administrator; the one before is worth nothing then',
    run: async () => (await import('./setup-link.ts')).setupLink(),
  },
  check: {
    words: 'say whether Skep could start here, and if not, why',
    run: async () => (await import('./check.ts')).check(),
  },
  run: {
    words: 'run in the foreground; settings come from the environment',
    run: async () => (await import('./run.ts')).run(),
  },
  demo: {
    words: 'run on a practice machine, without touching this one',
    run: async () => (await import('./run.ts')).demo(),
  },
  version: {
    words: 'print the version',
    run: async () => {
      const { VERSION } = await import('../version.ts')
      process.stdout.write(`skep ${VERSION}\n`)
    },
  },
}

function usage(): string {
  const lines = Object.entries(COMMANDS).map(
    ([name, { usage = '', words }]) => `  ${`${name} ${usage}`.padEnd(25)} ${words}`,
  )
  return `usage: skep COMMAND\n\n${lines.join('\n')}\n`
}

/** Null for words that no command knows. */
function read(argv: string[]): { command: Command; options: Options } | null {
  const [name = '', ...rest] = argv
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!command || (rest.length > 0 && !command.usage)) return null
  try {
    const { values } = parseArgs({ args: rest, options: { destdir: { type: 'string', default: '/' } } })
    return { command, options: values }
  } catch {
    return null
  }
}

async function main(argv: string[]) {
  const [name = ''] = argv
  if (['help', '--help', '-h'].includes(name)) {
    process.stdout.write(usage())
    return
  }
  const asked = read(['--version', '-V'].includes(name) ? ['version'] : argv)
  if (asked) return asked.command.run(asked.options)
  process.stderr.write(usage())
  process.exitCode = EX_USAGE
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  const { words } = await import('./words.ts')
  process.stderr.write(`skep: ${words(error)}\n`)
  process.exitCode = 1
}
