/** netstat(1) -an and iscsictl(8) -L: what listens on the machine, and its iSCSI sessions (it has none). */
import { readdirSync, readFileSync } from 'node:fs'
import { getopt } from './getopt.ts'
import { fail, ok, type Program } from './programs.ts'
import { socketDirectory } from './protocol.ts'

/** Ports that guests' screens have open: each is a socket of the sandbox. */
function openPorts(dir: string): number[] {
  const ports = readdirSync(socketDirectory(dir)).flatMap(name => /^port-(\d+)$/.exec(name)?.[1] ?? [])
  return ports.map(Number).sort((a, b) => a - b)
}

/** The lowest port of outgoing connections, net.inet.ip.portrange.first. */
const OUTGOING = 10_000

/**
 * Connections to those ports, `[port here, port there]`. Each is a connected socket of the sandbox, which Linux alone
 * tells of (proc(5), /proc/net/unix: connected is state 03); its inode stands for the port at the other end.
 */
function connections(dir: string): [number, number][] {
  let table: string
  try {
    table = readFileSync('/proc/net/unix', 'utf8')
  } catch {
    return []
  }
  const prefix = `${socketDirectory(dir)}/port-`
  return table.split('\n').flatMap(line => {
    const [, , , , , state = '', inode = '', path = ''] = line.split(/ +/)
    if (state !== '03' || !path.startsWith(prefix)) return []
    return [[Number(path.slice(prefix.length)), OUTGOING + (Number(inode) % (65_536 - OUTGOING))]]
  })
}

export const netstat: Program = (world, argv) => {
  const options = getopt(argv.slice(1), 'aAnLlWp:f:')
  if ('bad' in options) return fail(1, 'usage: netstat [-46AaCLnRSTWx] [-f protocol_family | -p protocol]\n')
  const rows = [
    ...connections(world.dir).flatMap(([here, there]) => [
      ['tcp4', `127.0.0.1.${here}`, `127.0.0.1.${there}`, 'ESTABLISHED'],
      ['tcp4', `127.0.0.1.${there}`, `127.0.0.1.${here}`, 'ESTABLISHED'],
    ]),
    ['tcp4', '*.22', '*.*', 'LISTEN'],
    ['tcp6', '*.22', '*.*', 'LISTEN'],
    ...openPorts(world.dir).map(port => ['tcp4', `127.0.0.1.${port}`, '*.*', 'LISTEN']),
  ]
  const lines = rows.map(
    ([protocol = '', local = '', foreign = '', state = '']) =>
      `${protocol.padEnd(10)} 0      0 ${local.padEnd(22)} ${foreign.padEnd(22)} ${state}\n`,
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
