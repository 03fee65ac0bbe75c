/** netstat(1) -an and iscsictl(8) -L: what listens on the machine, and its iSCSI sessions (it has none). */
import { readdirSync } from 'node:fs'
import { getopt } from './getopt.ts'
import { fail, ok, type Program } from './programs.ts'
import { socketDirectory } from './protocol.ts'

/** Ports that guests' screens have open: each is a socket of the sandbox. */
function openPorts(dir: string): number[] {
  const ports = readdirSync(socketDirectory(dir)).flatMap(name => /^port-(\d+)$/.exec(name)?.[1] ?? [])
  return ports.map(Number).sort((a, b) => a - b)
}

export const netstat: Program = (world, argv) => {
  const options = getopt(argv.slice(1), 'aAnLlWp:f:')
  if ('bad' in options) return fail(1, 'usage: netstat [-46AaCLnRSTWx] [-f protocol_family | -p protocol]\n')
  const rows = [
    ['tcp4', '*.22'],
    ['tcp6', '*.22'],
    ...openPorts(world.dir).map(port => ['tcp4', `127.0.0.1.${port}`]),
  ]
  const lines = rows.map(
    ([protocol = '', local = '']) =>
      `${protocol.padEnd(10)} 0      0 ${local.padEnd(22)} *.*                    LISTEN\n`,
  )
  return ok(
    `Active Internet connections (including servers)\nProto Recv-Q Send-Q Local Address          Foreign Address        (state)\n${lines.join('')}`,
  )
}

export const iscsictl: Program = (_world, argv) => {
  const options = getopt(argv.slice(1), 'Lvw:')
  if ('bad' in options || !options.has('L')) return fail(1, 'usage: iscsictl -L [-v] [-w timeout]\n')
  return ok('Target name                          Target portal    State\n')
}
