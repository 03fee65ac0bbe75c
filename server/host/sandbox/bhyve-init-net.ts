/** Network devices of a guest, as bhyve's net_backends.c and net_utils.c read them. */
import { integer } from '../bhyve/config.ts'
import { type Device, refuse } from './bhyve-init-device.ts'

/** Ethernet: MAC and MTU, then the backend by the beginning of its name. */
export function net(required: boolean): Device {
  return async (init, node) => {
    const { config, host, print, plan } = init
    const mac = config.getIn(node, 'mac')
    if (mac !== undefined && !validMac(mac))
      throw refuse(mac === '' ? 'none' : 'ENOENT', `Invalid MAC ${mac}`)
    if (node.has('mac') && mac === undefined) throw refuse('ENOENT', 'Invalid MAC ')
    const mtu = config.getIn(node, 'mtu')
    if (!required && mtu !== undefined) {
      const bytes = integer(mtu)
      if (bytes === null || bytes < 46 || bytes > 65535) throw refuse('EINVAL')
    }
    const backend = config.getIn(node, 'backend')
    const type = config.getIn(node, 'type') ?? backend
    if (backend === undefined || type === undefined) {
      if (required) throw refuse('ENOENT')
      return
    }
    if (/^(tap|vmnet)/.test(type)) {
      if (!(await host.openTap(backend))) {
        print(`open of tap device /dev/${backend} failed`)
        throw refuse('ENOENT')
      }
    } else if (type.startsWith('slirp')) slirp(config.getIn(node, 'hostfwd'))
    else if (type.startsWith('netgraph')) {
      if (config.getIn(node, 'path') === undefined) throw refuse('ENOENT')
    } else if (!/^(netmap|vale|ngd)/.test(type)) throw refuse('ENOENT')
    plan.net = true
  }
}

/** ether_aton(3) is generous: one or two digits each, 0x allowed, what follows is ignored. */
function validMac(text: string): boolean {
  const match = /^\s*((?:0x)?[0-9a-f]+(?::(?:0x)?[0-9a-f]+){5})/i.exec(text)
  if (!match) return false
  const octets = (match[1] ?? '').split(':').map(octet => Number.parseInt(octet, 16) & 0xff)
  return ((octets[0] ?? 0) & 1) === 0 && octets.some(octet => octet !== 0)
}

function slirp(rules: string | undefined): void {
  for (const rule of rules?.split(';') ?? []) {
    const match = /^[^:]+:([^:]*):(\d+)-([^:]*):(\d+)$/.exec(rule)
    const wrong = (why: string) => refuse('ENOENT', `Unable to parse hostfwd rule '${rule}': ${why}`)
    if (!match || Number(match[2]) > 65535 || Number(match[4]) > 65535) throw wrong('Invalid argument')
    for (const address of [match[1] ?? '', match[3] ?? ''])
      if (address !== '' && !/^\d+(\.\d+){3}$/.test(address)) throw wrong('Protocol family not supported')
  }
}
