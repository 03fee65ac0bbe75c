import { AppError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { confText, parseConf } from '../vms/conf.ts'
import type { Vm } from '../vms/model.ts'

/** The VNC password in a guest's conf (`vnc_password`, vm-bhyve's own key), null where there is none. */
export async function screenPassword(host: Pick<Host, 'read'>, vm: Vm): Promise<string | null> {
  try {
    const conf = parseConf(await host.read(`${vm.directory}/${vm.name}.conf`))
    return confText(conf, 'vnc_password') || null
  } catch (error) {
    // The guest runs without it; should its screen want a password after all, it will say so.
    if (error instanceof AppError && error.code === 'not_found') return null
    throw error
  }
}
