/** ifconfig(8): interfaces, bridges with their members, taps, groups. */
import { createHash } from 'node:crypto'
import { fail, ok, type Program, type ProgramResult } from '../programs.ts'
import type { InterfaceState } from '../state.ts'
import type { World } from '../world.ts'
import { blockText, bridgeOf } from './text.ts'

const LONGEST_NAME = 15
const CLONERS: Record<string, InterfaceState['type']> = {
  bridge: 'bridge',
  tap: 'tap',
  vlan: 'vlan',
  epair: 'epair',
}

export const ifconfig: Program = (world, argv) => {
  const words = argv.slice(1)
  const form = { cidr: false }
  const flags = new Set<string>()
  let group: string | null = null
  while (words[0]?.startsWith('-')) {
    const option = words.shift() ?? ''
    if (option === '-f') form.cidr = /\binet6?:cidr\b/.test(words.shift() ?? '')
    else if (option === '-g') group = words.shift() ?? ''
    else if (option === '-C') return ok('bridge epair lo tap vlan\n')
    else if (/^-[aldumvkLn]+$/.test(option)) for (const letter of option.slice(1)) flags.add(letter)
    else return usage()
  }
  const all = Object.values(world.state.interfaces)
  if (group !== null && words.length === 0)
    return ok(
      all
        .filter(each => each.groups.includes(group))
        .map(each => `${each.name}\n`)
        .join(''),
    )
  const wanted = all.filter(each => (!flags.has('u') || each.up) && (!flags.has('d') || !each.up))
  if (flags.has('l')) return ok(`${wanted.map(each => each.name).join(' ')}\n`)
  if (words.length === 0) return ok(wanted.map(each => blockText(world, each, form)).join(''))
  const name = words.shift() ?? ''
  if (flags.has('a')) return ok(wanted.map(each => blockText(world, each, form)).join(''))
  if (words[0] === 'create' || words[0] === 'plumb') return create(world, name, words.slice(1))
  const one = Object.hasOwn(world.state.interfaces, name) ? world.state.interfaces[name] : undefined
  if (!one) return fail(1, `ifconfig: interface ${name} does not exist\n`)
  if (words.length === 0) return ok(blockText(world, one, form))
  return change(world, one, words)
}

function usage(): ProgramResult {
  return fail(
    1,
    'usage: ifconfig [-j jail] [-f type:format] interface address_family\n            [address [dest_address]] [parameters]\n       ifconfig [-j jail] interface create\n       ifconfig -a [-j jail] [-d] [-m] [-u] [-v] [address_family]\n       ifconfig -l [-d] [-u] [address_family]\n       ifconfig [-d] [-m] [-u] [-v]\n',
  )
}

/** A MAC of FreeBSD's own range; the same machine gives the same ones. */
function newMac(world: World, name: string): string {
  const hash = createHash('sha256')
    .update(`${world.state.guidSeed}:${world.state.guidCount}:${name}`)
    .digest('hex')
  world.state.guidCount += 1
  return `58:9c:fc:${hash.slice(0, 2)}:${hash.slice(2, 4)}:${hash.slice(4, 6)}`
}

export function newInterface(world: World, type: InterfaceState['type'], name: string): InterfaceState {
  return {
    name,
    type,
    up: type === 'lo',
    mtu: type === 'lo' ? 16_384 : 1500,
    mac: type === 'lo' ? null : newMac(world, name),
    inet: [],
    inet6: [],
    description: null,
    groups: type === 'ether' ? [] : [type],
    members: [],
    openedBy: null,
    media: null,
    vlan: null,
  }
}

function create(world: World, name: string, words: string[]): ProgramResult {
  const match = /^([a-z]+)(\d*)$/.exec(name)
  const type = match?.[1] === undefined ? undefined : CLONERS[match[1]]
  if (!match || !type) return fail(1, `ifconfig: SIOCIFCREATE2 (${name}): Invalid argument\n`)
  const { interfaces } = world.state
  const numbered = match[2] !== ''
  if (numbered && interfaces[name]) return fail(1, `ifconfig: interface ${name} already exists\n`)
  let number = 0
  while (!numbered && interfaces[`${name}${number}${type === 'epair' ? 'a' : ''}`]) number += 1
  const made = numbered ? name : `${name}${number}`
  const first = newInterface(world, type, type === 'epair' ? `${made}a` : made)
  interfaces[first.name] = first
  if (type === 'epair') interfaces[`${made}b`] = newInterface(world, type, `${made}b`)
  const result = change(world, first, words)
  if (result.exit !== 0) {
    delete interfaces[first.name]
    return result
  }
  world.changed()
  return ok(`${first.name}\n`)
}

/** One parameter: the words behind it that it takes, and what it does; a text is the complaint. */
type Parameter = {
  takes: number
  apply: (world: World, one: InterfaceState, values: string[]) => string | null
}

const nothing = (act: (one: InterfaceState) => void): Parameter => ({
  takes: 0,
  apply: (_, one) => {
    act(one)
    return null
  },
})

const describe: Parameter = {
  takes: 1,
  apply: (_, one, [text = '']) => {
    one.description = text
    return null
  },
}

const link: Parameter = {
  takes: 1,
  apply: (world, one, [mac = '']) => {
    if (mac === 'random') one.mac = newMac(world, one.name)
    else if (/^([0-9a-f]{1,2}:){5}[0-9a-f]{1,2}$/i.test(mac)) one.mac = mac.toLowerCase()
    else return `ether ${mac}: bad address`
    return null
  },
}

const PARAMETERS: Record<string, Parameter> = {
  up: nothing(one => {
    one.up = true
  }),
  down: nothing(one => {
    one.up = false
  }),
  description: describe,
  descr: describe,
  '-description': nothing(one => {
    one.description = null
  }),
  '-descr': nothing(one => {
    one.description = null
  }),
  link,
  ether: link,
  lladdr: link,
  name: { takes: 1, apply: (world, one, [name = '']) => rename(world, one, name) },
  group: {
    takes: 1,
    apply: (_, one, [group = '']) => {
      if (/\d$/.test(group)) return `setifgroup: group names may not end in a digit`
      if (group.length > LONGEST_NAME) return 'setifgroup: group name too long'
      if (!one.groups.includes(group)) one.groups.push(group)
      return null
    },
  },
  '-group': {
    takes: 1,
    apply: (_, one, [group = '']) => {
      if (!one.groups.includes(group)) return 'SIOCDIFGROUP: No such file or directory'
      one.groups = one.groups.filter(each => each !== group)
      return null
    },
  },
  mtu: {
    takes: 1,
    apply: (_, one, [mtu = '']) => {
      const value = Number(mtu)
      if (!Number.isInteger(value) || value < 72 || value > 65_535)
        return `ioctl SIOCSIFMTU (set mtu): Invalid argument`
      one.mtu = value
      return null
    },
  },
  inet: { takes: 1, apply: (_, one, [address = '']) => addInet(one, address) },
  alias: nothing(() => {}),
  addm: { takes: 1, apply: addMember },
  deletem: { takes: 1, apply: removeMember },
  span: { takes: 1, apply: addMember },
  '-span': { takes: 1, apply: removeMember },
  private: {
    takes: 1,
    apply: (_, one, [member = '']) => {
      if (!one.members.includes(member)) return `BRDGGIFFLGS ${member}: No such file or directory`
      one.privateMembers = [...new Set([...(one.privateMembers ?? []), member])]
      return null
    },
  },
  '-private': {
    takes: 1,
    apply: (_, one, [member = '']) => {
      one.privateMembers = (one.privateMembers ?? []).filter(each => each !== member)
      return null
    },
  },
  stp: { takes: 1, apply: isMember },
  '-stp': { takes: 1, apply: isMember },
  maxaddr: { takes: 1, apply: () => null },
  flush: nothing(() => {}),
  vlan: {
    takes: 1,
    apply: (_, one, [tag = '']) => {
      const value = Number(tag)
      if (!Number.isInteger(value) || value < 1 || value > 4094) return `SIOCSETVLAN: Invalid argument`
      one.vlan = { tag: value, parent: one.vlan?.parent ?? '' }
      return null
    },
  },
  vlandev: {
    takes: 1,
    apply: (world, one, [parent = '']) => {
      if (!world.state.interfaces[parent]) return `SIOCETHERVLANIFCREATE: No such device`
      one.vlan = { tag: one.vlan?.tag ?? 0, parent }
      return null
    },
  },
}

function change(world: World, one: InterfaceState, words: string[]): ProgramResult {
  if (words[0] === 'destroy') return destroy(world, one)
  const before = one.name
  for (let index = 0; index < words.length; ) {
    const word = words[index] ?? ''
    const parameter = Object.hasOwn(PARAMETERS, word) ? PARAMETERS[word] : undefined
    if (!parameter) return fail(1, `ifconfig: ${word}: bad value\n`)
    // `inet ADDRESS -alias`: what stands behind the address takes it away.
    if (word === 'inet' && /^(-alias|delete|remove)$/.test(words[index + 2] ?? '')) {
      const complaint = removeInet(one, words[index + 1] ?? '')
      if (complaint !== null) return fail(1, `ifconfig: ${complaint}\n`)
      index += 3
      continue
    }
    const values = words.slice(index + 1, index + 1 + parameter.takes)
    if (values.length < parameter.takes) return fail(1, `ifconfig: '${word}' requires argument\n`)
    const complaint = parameter.apply(world, one, values)
    if (complaint !== null) return fail(1, `ifconfig: ${complaint}\n`)
    index += 1 + parameter.takes
  }
  world.changed()
  return ok(one.name === before || !words.includes('name') ? '' : `${one.name}\n`)
}

function rename(world: World, one: InterfaceState, name: string): string | null {
  if (name.length > LONGEST_NAME || name === '') return 'ioctl SIOCSIFNAME (set name): File name too long'
  if (world.state.interfaces[name]) return 'ioctl SIOCSIFNAME (set name): File exists'
  const entries = Object.entries(world.state.interfaces).map(
    ([key, each]) => [each === one ? name : key, each] as const,
  )
  for (const each of Object.values(world.state.interfaces))
    each.members = each.members.map(member => (member === one.name ? name : member))
  one.name = name
  world.state.interfaces = Object.fromEntries(entries)
  return null
}

function addInet(one: InterfaceState, text: string): string | null {
  const [address = '', prefix = '24'] = text.split('/')
  const bytes = address.split('.').map(Number)
  if (bytes.length !== 4 || bytes.some(byte => !Number.isInteger(byte) || byte < 0 || byte > 255))
    return `${text}: bad value`
  const length = Number(prefix)
  const number = bytes.reduce((sum, byte) => sum * 256 + byte, 0)
  const last = (number | (length === 0 ? 0xffffffff : 0xffffffff >>> length)) >>> 0
  const broadcast = [24, 16, 8, 0].map(shift => (last >>> shift) & 255).join('.')
  one.inet = [...one.inet.filter(each => each.address !== address), { address, prefix: length, broadcast }]
  one.up = true
  return null
}

function removeInet(one: InterfaceState, text: string): string | null {
  const [address = ''] = text.split('/')
  if (!one.inet.some(each => each.address === address))
    return "ioctl (SIOCDIFADDR): Can't assign requested address"
  one.inet = one.inet.filter(each => each.address !== address)
  return null
}

function addMember(world: World, bridge: InterfaceState, [member = '']: string[]): string | null {
  const one = world.state.interfaces[member]
  if (bridge.type !== 'bridge') return `BRDGADD ${member}: Invalid argument`
  if (!one) return `BRDGADD ${member}: No such file or directory`
  if (bridge.members.includes(member)) return `BRDGADD ${member}: File exists`
  if (bridgeOf(world, member)) return `BRDGADD ${member}: Device busy`
  if (one.type === 'bridge' || one.type === 'lo') return `BRDGADD ${member}: Invalid argument`
  if (one.mtu !== bridge.mtu && bridge.members.length > 0) one.mtu = bridge.mtu
  bridge.members.push(member)
  return null
}

function removeMember(_: World, bridge: InterfaceState, [member = '']: string[]): string | null {
  if (!bridge.members.includes(member)) return `BRDGDEL ${member}: No such file or directory`
  bridge.members = bridge.members.filter(each => each !== member)
  return null
}

function isMember(_: World, bridge: InterfaceState, [member = '']: string[]): string | null {
  return bridge.members.includes(member) ? null : `BRDGGIFFLGS ${member}: No such file or directory`
}

function destroy(world: World, one: InterfaceState): ProgramResult {
  if (one.type === 'ether' || one.type === 'lo') return fail(1, 'ifconfig: SIOCIFDESTROY: Invalid argument\n')
  const names =
    one.type === 'epair'
      ? [one.name, one.name.replace(/[ab]$/, one.name.endsWith('a') ? 'b' : 'a')]
      : [one.name]
  for (const name of names) {
    delete world.state.interfaces[name]
    for (const bridge of Object.values(world.state.interfaces))
      bridge.members = bridge.members.filter(member => member !== name)
  }
  world.changed()
  return ok()
}
