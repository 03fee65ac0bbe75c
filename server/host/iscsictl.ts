/** iscsictl(8): `iscsictl -L -w 10`, the iSCSI sessions of this host. */

export function iscsiListArgv(): string[] {
  return ['iscsictl', '-L', '-w', '10']
}

/**
 * The device node of a target written as vm-bhyve writes it: `unique part of the name[/LUN]`. Columns of `iscsictl -L`:
 * target name, portal, state, then one device name a LUN. Null when it is not connected or the name is not unique.
 */
export function iscsiDevice(listing: string, target: string): string | null {
  const slash = target.lastIndexOf('/')
  const name = slash < 0 ? target : target.slice(0, slash)
  const lun = slash < 0 ? 0 : Number(target.slice(slash + 1))
  const rows = listing.split('\n').filter(line => name !== '' && line.includes(name))
  const device = rows[0]?.trim().split(/\s+/)[3 + lun]
  return rows.length === 1 && device !== undefined && /^da[0-9]+$/.test(device) ? `/dev/${device}` : null
}
