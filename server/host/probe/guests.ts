/** What guests need around them: modules, taps, firmware, memory. */
import { AppError } from '../../errors.ts'
import type { Host } from '../host.ts'
import { hasModule } from '../kldstat.ts'
import { readSysctls } from '../sysctl.ts'
import { type Finding, missing, ok, warning } from './finding.ts'

/** A kernel module that is there, or can be loaded. */
export async function moduleCapability(
  host: Host,
  module: string,
  good: string,
  bad: string,
): Promise<Finding> {
  if (await hasModule(host, module)) return ok(good)
  return missing(`${module} is not loaded. ${bad}`, `kldload ${module} && sysrc kld_list+=${module}`)
}

const UP_ON_OPEN = 'net.link.tap.up_on_open'

/** bhyve of 14.0 and later brings the tap up that it opens (net_backends.c, tap_init), whatever the setting says. */
export async function tapCapability(host: Host): Promise<Finding> {
  const value = (await readSysctls(host, [UP_ON_OPEN])).get(UP_ON_OPEN)
  if (value === undefined) return missing('There are no taps: if_tuntap is not loaded.', 'kldload if_tuntap')
  return ok(
    value === '1' ? 'A tap comes up when a guest opens it.' : 'bhyve brings the taps of its guests up.',
  )
}

const FIRMWARE = '/usr/local/share/uefi-firmware'
const INSTALL = 'pkg install edk2-bhyve'

export async function firmwareCapability(host: Host): Promise<Finding> {
  const names = await firmwareFiles(host)
  if (!names.includes('BHYVE_UEFI.fd')) {
    return missing('No UEFI firmware is installed: guests with loader uefi cannot start.', INSTALL)
  }
  if (!names.includes('BHYVE_UEFI_VARS.fd')) {
    return warning('The firmware has no file for variables: guests forget their boot order.', INSTALL)
  }
  return ok('UEFI firmware and its variables are installed.')
}

async function firmwareFiles(host: Host): Promise<string[]> {
  try {
    return (await host.list(FIRMWARE)).map(entry => entry.name)
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return []
    throw error
  }
}

/** vm.max_user_wired is in pages; it bounds `bhyve -S`, which passthrough needs. */
export async function wiredCapability(host: Host): Promise<Finding> {
  const values = await readSysctls(host, ['vm.max_user_wired', 'hw.pagesize', 'hw.physmem'])
  const [pages, pageBytes, memory] = ['vm.max_user_wired', 'hw.pagesize', 'hw.physmem'].map(name =>
    Number(values.get(name) ?? Number.NaN),
  )
  if (pages === undefined || pageBytes === undefined || memory === undefined)
    return warning('The host tells no limit.')
  const bytes = pages * pageBytes
  if (!Number.isFinite(bytes) || !Number.isFinite(memory))
    return warning('The host does not tell how much may be wired.')
  const gibibytes = (bytes / 1024 ** 3).toFixed(1)
  if (bytes < memory / 4) {
    return warning(
      `Guests with passthrough may wire ${gibibytes} GiB at most, less than a quarter of the memory.`,
    )
  }
  return ok(`Guests with passthrough may wire ${gibibytes} GiB.`)
}
