/** PCI devices of the machine that guests are given. */
import { AppError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { listPciDevices } from '../host/pciconf.ts'
import { parseConf } from './conf.ts'
import { passthruOf } from './hardware.ts'
import type { ReservedPci } from './model.ts'
import type { GuestFiles } from './state.ts'

type HostPci = {
  /** `3/0/1`, as vm-bhyve and bhyve write it. */
  address: string
  /** `ix0`; `ppt0` where it is kept for guests, `none0` without a driver. */
  driver: string
  words: string
  usedBy: string | null
}

/** Every PCI device in the first domain, the only one bhyve can pass through. Empty where nothing tells. */
export async function readPci(host: Host, guests: readonly GuestFiles[]): Promise<HostPci[]> {
  const users = new Map<string, string>()
  for (const { place, conf } of guests)
    for (const device of passthruOf(parseConf(conf ?? '')))
      users.set(device.split('=')[0] ?? device, place.name)
  try {
    const devices = await listPciDevices(host)
    return devices
      .filter(each => each.domain === 0)
      .map(({ name, bus, slot, func, vendorName, deviceName, vendor, device }) => {
        const address = `${bus}/${slot}/${func}`
        const words = [vendorName ?? vendor, deviceName ?? device].join(' ')
        return { address, driver: name, words, usedBy: users.get(address) ?? users.get(name) ?? null }
      })
  } catch (error) {
    if (error instanceof AppError && error.code === 'unsupported') return []
    throw error
  }
}

/** Those that ppt(4) keeps for guests. */
export async function readReserved(host: Host, guests: readonly GuestFiles[]): Promise<ReservedPci[]> {
  return (await readPci(host, guests))
    .filter(each => /^ppt\d/.test(each.driver))
    .map(({ address, driver, words, usedBy }) => ({ address, name: driver, words, usedBy }))
}
