/** netstat(1) -an and -ibn, iscsictl(8) -L: what listens on the machine, what went over its interfaces, its iSCSI sessions (it has none). */
import { readdirSync, readFileSync } from 'node:fs'
import { getopt } from './getopt.ts'
import { fail, ok, type Program } from './programs.ts'
import { socketDirectory } from './protocol.ts'
import type { InterfaceState } from './state.ts'
import type { World } from './world.ts'

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

/**
 * Packets since an interface came up: worked out when asked, so that they never go back. A tap counts from when its guest
 * opened it. The cable's own noise comes in; what a guest says goes the other way.
 */
function packets(world: World, one: InterfaceState): { received: number; sent: number } {
  const isSilent =
    !one.up ||
    (one.type === 'tap' && one.openedBy === null) ||
    (one.vlan !== null && !world.state.interfaces[one.vlan.parent]?.up)
  if (isSilent) return { received: 0, sent: 0 }
  const opener = world.state.processes[String(one.openedBy)]
  const seconds = Math.max(0, world.now() - (opener?.startedAt ?? world.state.bootedAt)) / 1000
  const busy = [...one.name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 97, 7)
  const wave = (period: number) => period * (1 - Math.cos(seconds / period)) * 0.4
  return {
    received: Math.floor(busy * (seconds + wave(41))),
    sent: Math.floor(busy * 0.6 * (seconds + wave(29))),
  }
}

/** One row an interface and one each of its addresses, as usr.bin/netstat/if.c writes them through libxo. */
function countersText(world: World): string {
  const rows = Object.values(world.state.interfaces).flatMap((one, index) => {
    const { received, sent } = packets(world, one)
    const flags = one.up ? '0x8843' : '0x8802'
    const counts = {
      'received-packets': received,
      'received-errors': 0,
      'dropped-packets': 0,
      'received-bytes': received * 812,
      'sent-packets': sent,
      'send-errors': 0,
      'sent-bytes': sent * 644,
      collisions: 0,
    }
    const link = {
      name: one.name,
      flags,
      mtu: one.mtu,
      network: `<Link#${index + 1}>`,
      address: one.mac ?? one.name,
    }
    const addresses = one.inet.map(({ address, prefix }) => ({
      name: one.name,
      flags,
      network: `${address}/${prefix}`,
      address,
      'received-packets': received,
      'received-bytes': received * 790,
      'sent-packets': sent,
      'sent-bytes': sent * 600,
    }))
    return [{ ...link, ...counts }, ...addresses]
  })
  return JSON.stringify({ statistics: { interface: rows } })
}

export const netstat: Program = (world, argv) => {
  const words = argv.slice(1).filter(word => word !== '--libxo=json')
  const options = getopt(words, 'aAbdinLlWp:f:')
  if ('bad' in options) return fail(1, 'usage: netstat [-46AaCLnRSTWx] [-f protocol_family | -p protocol]\n')
  if (options.has('i')) {
    if (words.length === argv.length - 1 || !options.has('b'))
      return fail(1, 'netstat: of interfaces the sandbox tells as --libxo=json -ibn only\n')
    return ok(`${countersText(world)}\n`)
  }
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
