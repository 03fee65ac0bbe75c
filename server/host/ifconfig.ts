/** ifconfig(8): interfaces of the host. */

import { runOrThrow, unreadable, wholeLines } from './answer.ts'
import type { Host } from './host.ts'

export type NetworkInterface = {
  name: string
  flags: string[]
  mtu: number
  description: string
  groups: string[]
  /** Members of a bridge. */
  members: string[]
  /** `inet` and `inet6` addresses as printed. */
  addresses: string[]
  ether: string | null
  /** What a vlan interface carries, and on which interface. */
  vlan: { tag: number; parent: string } | null
  /** Process that has a tap open. */
  openedBy: number | null
}

/**
 * Reads `ifconfig -a`: a line without indent begins an interface, `NAME: flags=8843<UP,…> metric 0 mtu 1500`; a tab begins
 * each of its lines. A description is any text, so that lines are told apart by their first word only.
 */
export function parseInterfaces(text: string): NetworkInterface[] {
  const found: NetworkInterface[] = []
  let current: NetworkInterface | undefined
  const names = new Set<string>()
  for (const line of wholeLines('ifconfig -a', text)) {
    if (line === '') continue
    if (!/^\s/.test(line)) {
      const match = /^([^\s:]+): flags=[0-9a-f]+<([^<>]*)>(?: metric \d{1,10})?(?: mtu (\d{1,10}))?$/.exec(
        line,
      )
      if (!match?.[1]) throw unreadable('ifconfig -a', text, `${JSON.stringify(line)} is not an interface`)
      if (names.has(match[1])) throw unreadable('ifconfig -a', text, `${match[1]} comes twice`)
      names.add(match[1])
      current = {
        name: match[1],
        flags: (match[2] ?? '').split(',').filter(flag => flag !== ''),
        mtu: Number(match[3] ?? 0),
        description: '',
        groups: [],
        members: [],
        addresses: [],
        ether: null,
        vlan: null,
        openedBy: null,
      }
      found.push(current)
    } else if (current) {
      readLine(current, line)
    } else {
      throw unreadable('ifconfig -a', text, 'it begins with an indented line')
    }
  }
  return found
}

function readLine(one: NetworkInterface, line: string): void {
  const text = line.replace(/^\t/, '')
  const rest = (prefix: string) => (text.startsWith(prefix) ? text.slice(prefix.length) : null)
  one.description = rest('description: ') ?? one.description
  const groups = rest('groups: ')
  if (groups !== null) one.groups = groups.trim().split(/\s+/)
  const member = rest('member: ')
  if (member !== null) one.members.push(member.split(' ', 1)[0] ?? '')
  const address = rest('inet ') ?? rest('inet6 ')
  if (address !== null) one.addresses.push(address.split(' ', 1)[0] ?? '')
  one.ether = rest('ether ')?.trim() ?? one.ether
  const vlan = /^vlan: (\d{1,4}) .*\bparent interface: (\S+)$/.exec(text)
  if (vlan?.[2]) one.vlan = { tag: Number(vlan[1]), parent: vlan[2] }
  const opened = /^Opened by PID (\d{1,10})$/i.exec(text)
  if (opened) one.openedBy = Number(opened[1])
}

/** Every interface. AppError `unreadable`, `failed`. */
export async function listInterfaces(host: Pick<Host, 'run'>): Promise<NetworkInterface[]> {
  return parseInterfaces(await runOrThrow(host, ['ifconfig', '-a'], []))
}

/** What is up and has a carrier; of a tap, that a guest has it open. */
export function isRunning({ flags }: Pick<NetworkInterface, 'flags'>): boolean {
  return flags.includes('UP') && flags.includes('RUNNING')
}

export function destroyInterfaceArgv(name: string): string[] {
  return ['ifconfig', name, 'destroy']
}
