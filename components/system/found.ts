import type { HostTrial } from '../../server/hosts/model.ts'

/** Without any of these no guest starts. */
const NEEDED = ['bhyve', 'vmm', 'cpu', 'firmware', 'programs']

/** What was found on a host, as a person would tell it: the system, OpenZFS, and whether guests can run. */
export function foundWords({ facts, capabilities }: HostTrial): string {
  // A Linux names itself: “Debian GNU/Linux 13 (trixie)”.
  const system = facts.system === 'FreeBSD' ? `FreeBSD ${facts.userlandVersion}` : facts.userlandVersion
  const zfs = capabilities.find(each => each.id === 'zfs')
  const storage =
    zfs?.state === 'missing'
      ? `Its pools cannot be used: ${zfs.reason}`
      : `It has OpenZFS ${facts.zfsVersion}.`
  const lacking = capabilities.find(each => NEEDED.includes(each.id) && each.state === 'missing')
  const guests = lacking ? `It can run no guests yet: ${lacking.reason}` : 'It can run guests of bhyve.'
  return `${facts.hostname} runs ${system}. ${storage} ${facts.whyNoGuests ?? guests}`
}
