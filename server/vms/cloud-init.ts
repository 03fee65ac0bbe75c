/**
 * What a cloud image reads at its first start: the NoCloud seed of cloud-init, a small ISO 9660 called cidata, as vm-bhyve
 * makes it (lib/vm-core, core::create_cloud_init) from the guest's directory `.cloud-init`. Pure.
 */
import type { Step } from '../tasks/model.ts'
import type { CloudInput } from './input.ts'

/** In the guest's directory; the conf names the ISO as a disk of its own. */
const DIRECTORY = '.cloud-init'
export const SEED = 'seed.iso'
/** Directories are made through the door, not by a program. */
export const MKDIR = 'mkdir '

export type CloudFacts = {
  /** Of the guest. */
  directory: string
  name: string
  uuid: string
  /** Of its network card; null without one. */
  mac: string | null
}

/** A JSON text is a YAML text too, whatever stands in it. */
const quoted = (text: string): string => JSON.stringify(text)

export function userData({ user, sshKeys }: CloudInput): string {
  const keys = (indent: string) => sshKeys.map(key => `${indent}- ${quoted(key)}\n`).join('')
  const lines = ['#cloud-config\n', 'resize_rootfs: True\n', 'manage_etc_hosts: localhost\n']
  if (user !== null)
    lines.push(
      'users:\n  - default\n',
      `  - name: ${quoted(user)}\n    sudo: "ALL=(ALL) NOPASSWD:ALL"\n`,
      sshKeys.length > 0 ? `    ssh_authorized_keys:\n${keys('      ')}` : '',
    )
  if (sshKeys.length > 0) lines.push(`ssh_authorized_keys:\n${keys('  ')}`)
  return lines.join('')
}

export function metaData({ uuid, name }: CloudFacts): string {
  return `instance-id: ${uuid}\nlocal-hostname: ${quoted(name)}\n`
}

/** Version 2, as netplan has it; the card is told by its address. Null without one, or where DHCP is all that is wanted. */
export function networkConfig({ network }: CloudInput, mac: string | null): string | null {
  if (network === null || mac === null) return null
  const { address, gateway, nameServers } = network
  return [
    'version: 2\nethernets:\n  id0:\n    set-name: eth0\n    match:\n',
    `      macaddress: ${quoted(mac)}\n`,
    `    addresses: [${quoted(address)}]\n`,
    nameServers.length > 0
      ? `    nameservers:\n      addresses: [${nameServers.map(quoted).join(', ')}]\n`
      : '',
    gateway === null ? '' : `    routes:\n      - to: 0.0.0.0/0\n        via: ${quoted(gateway)}\n`,
  ].join('')
}

/** The files, and the ISO made of them. */
export function cloudSteps(input: CloudInput, facts: CloudFacts): Step[] {
  const at = `${facts.directory}/${DIRECTORY}`
  const network = networkConfig(input, facts.mac)
  const file = (name: string, after: string): Step => ({
    title: `Write ${name} of cloud-init`,
    file: { path: `${at}/${name}`, before: null, after },
  })
  return [
    { title: 'Make the directory of cloud-init', note: `${MKDIR}${at}` },
    file('meta-data', metaData(facts)),
    file('user-data', userData(input)),
    ...(network === null ? [] : [file('network-config', network)]),
    {
      title: 'Make the ISO that the guest reads it from',
      argv: ['makefs', '-t', 'cd9660', '-o', 'R,L=cidata', `${facts.directory}/${SEED}`, at],
    },
  ]
}
