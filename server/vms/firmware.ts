/** UEFI firmware: which image a loader names, and where the package bhyve-firmware puts them. Pure. */
import type { GuestPlace } from './devices.ts'

export const FIRMWARE_DIRECTORY = '/usr/local/share/uefi-firmware'

export function isUefi(loader: string): boolean {
  // vm-bhyve cuts the last "-suffix": uefi, uefi-csm, uefi-anything, but not uefi-csm-x.
  return loader.replace(/-[^-]*$/, '') === 'uefi'
}

/** The firmware image a UEFI loader names. */
export function bootrom(loader: string, place: GuestPlace): string {
  switch (loader) {
    case 'uefi-devel':
      return `${FIRMWARE_DIRECTORY}/BHYVE_UEFI_CODE-devel.fd`
    case 'uefi-csm':
      return `${FIRMWARE_DIRECTORY}/BHYVE_UEFI_CSM.fd`
    case 'uefi-custom':
      return `${place.datastorePath}/.config/BHYVE_UEFI.fd`
    default:
      return `${FIRMWARE_DIRECTORY}/BHYVE_UEFI.fd`
  }
}
