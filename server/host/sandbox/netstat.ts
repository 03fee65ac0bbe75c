/** netstat(1) -an: what listens on the machine. The sockets of its ports are unix sockets named after them. */
import { existsSync, readdirSync } from 'node:fs'
import { getopt } from './getopt.ts'
import { fail, ok, type Program } from './programs.ts'
import { socketDirectory } from './protocol.ts'

const HEADER =
  'Active Internet connections (including servers)\nProto Recv-Q Send-Q Local Address          Foreign Address        (state)\n'

export const netstat: Program = (world, argv) => {
  const options = getopt(argv.slice(1), 'anp:f:46')
  if ('bad' in options || options.operands.length > 0) {
    return fail(1, 'usage: netstat [-46AaLnPRSTWx] [-f protocol_family | -p protocol]\n')
  }
  const directory = socketDirectory(world.dir)
  const names = existsSync(directory) ? readdirSync(directory) : []
  const ports = names.flatMap(name => /^port-(\d+)$/.exec(name)?.[1] ?? []).map(Number)
  const rows = [
    ...ports.sort((a, b) => a - b).map(port => ['tcp4', `127.0.0.1.${port}`] as const),
    ['tcp4', '*.22'] as const,
    ['tcp6', '*.22'] as const,
  ]
  const lines = rows.map(([proto, local]) =>
    `${proto.padEnd(5)}      0      0 ${local.padEnd(22)} ${'*.*'.padEnd(22)} LISTEN`.trimEnd(),
  )
  return ok(`${HEADER}${lines.map(line => `${line}\n`).join('')}`)
}
