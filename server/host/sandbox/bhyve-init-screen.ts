/** The frame buffer of a guest, as bhyve's pci_fbuf.c reads it. */
import { type Device, refuse } from './bhyve-init-device.ts'

const SIZE = { least: [640, 480], most: [3840, 2160] } as const
export const fbuf: Device = async (init, node) => {
  const { config, plan, print } = init
  const vga = config.getIn(node, 'vga')
  if (vga !== undefined && !/^(io|on|off)$/.test(vga))
    throw refuse('ENOENT', `fbuf: Invalid vga setting: "${vga}"`)
  if (vga === 'on') {
    // Success without a VNC server, and the next fbuf finds the place still free.
    config.warnings.push('pci_fbuf: VGA rendering not enabled')
    return
  }
  if (plan.screen) throw refuse('ENOENT', 'Only one frame buffer device is allowed.')
  const size = (name: string, otherwise: number) => {
    const text = config.getIn(node, name)
    return text === undefined ? otherwise : (Number.parseInt(text, 10) || 0) & 0xffff
  }
  const width = size('w', 1024)
  const height = size('h', 768)
  if (width > SIZE.most[0] || height > SIZE.most[1])
    throw refuse('ENOENT', `fbuf: max resolution is ${SIZE.most.join('x')}`)
  if (width < SIZE.least[0] || height < SIZE.least[1])
    throw refuse('ENOENT', `fbuf: minimum resolution is ${SIZE.least.join('x')}`)
  print('fbuf frame buffer base: 0x200000000000 [sz 33554432]')
  const port = vncPort(config.getIn(node, 'rfb') ?? config.getIn(node, 'tcp'))
  plan.screen = { port, wait: config.bool(node, 'wait', false), password: config.getIn(node, 'password') }
}

/** Addresses as pci_fbuf.c splits them: what is no address and no number ends at 5900. */
function vncPort(address: string | undefined): number {
  if (address === undefined) return 5900
  const noName = (errno: string) => refuse(errno, 'getaddrinfo: Name does not resolve')
  if (address.startsWith('[')) {
    const match = /^\[([^\]]*)\](?::(.*))?$/.exec(address)
    if (address.includes('%')) throw noName('EINVAL')
    if (!match) throw noName('none')
    return portNumber(match[2] ?? '')
  }
  const colon = address.indexOf(':')
  const host = colon < 0 ? '' : address.slice(0, colon)
  if (colon >= 0 && host !== '' && colon === address.length - 1)
    throw refuse('ENOENT', `fbuf: Missing port number: "${address}"`)
  const quad = host.split('.')
  if (
    host !== '' &&
    !(quad.length === 4 && quad.every(part => /^\d{1,3}$/.test(part) && Number(part) <= 255))
  )
    throw noName('none')
  return portNumber(colon < 0 ? address : address.slice(colon + 1))
}

function portNumber(text: string): number {
  const port = Number.parseInt(text, 10) || 5900
  if (port > 65535) throw refuse('none', 'getaddrinfo: Service was not recognized for socket type')
  return port
}
