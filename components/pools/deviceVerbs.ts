/** What the page of a pool can do to one of its devices. */
export type DeviceVerb = 'online' | 'offline' | 'replace' | 'attach' | 'detach' | 'clear'

/** Words on a button; each opens a dialog. */
export const DEVICE_LABELS: Record<DeviceVerb, string> = {
  online: 'Bring online…',
  offline: 'Take offline…',
  clear: 'Clear errors…',
  replace: 'Replace…',
  attach: 'Attach a disk to it…',
  detach: 'Detach…',
}
