/** Whether this machine can run guests at all: vmm(4) and the processor under it. */
import type { Host } from '../host.ts'
import { hasLoadedFile, hasModule } from '../kldstat.ts'
import { readSysctls } from '../sysctl.ts'
import { type Finding, missing, ok, warning } from './finding.ts'

const LOAD_VMM = 'kldload vmm && sysrc kld_list+=vmm'

/** vmm.ko can be loaded while its module refused the machine: only the module counts. */
export async function vmmCapability(host: Host): Promise<Finding> {
  if (await hasModule(host, 'vmm')) return ok('vmm is loaded and has taken this processor.')
  if (await hasLoadedFile(host, 'vmm.ko')) {
    return missing(
      'vmm is loaded but refused this processor: virtualisation is off in the firmware, or not there.',
    )
  }
  return missing('vmm is not loaded: no guest can run.', LOAD_VMM)
}

const NAMES = [
  'hw.vmm.vmx.initialized',
  'hw.vmm.vmx.cap.unrestricted_guest',
  'hw.vmm.svm.features',
  'kern.vm_guest',
] as const
const BOOT_MESSAGES = '/var/run/dmesg.boot'

export async function cpuCapability(host: Host): Promise<Finding> {
  const values = await readSysctls(host, NAMES)
  const around = values.get('kern.vm_guest') ?? 'none'
  const within = around === 'none' ? '' : ` This machine is itself a guest (${around}).`
  if (values.get('hw.vmm.vmx.initialized') === '1') {
    return values.get('hw.vmm.vmx.cap.unrestricted_guest') === '1'
      ? ok(`The processor has VT-x with unrestricted guests.${within}`)
      : warning(
          `The processor’s VT-x has no unrestricted guests: UEFI guests and more than one CPU do not work.${within}`,
        )
  }
  const svm = values.get('hw.vmm.svm.features')
  if (svm !== undefined && !/^0(?:x0+)?$/.test(svm)) return ok(`The processor has AMD-V.${within}`)
  return fromBootMessages(await host.read(BOOT_MESSAGES).catch(() => null), within)
}

/** Before vmm is loaded, only the boot messages know: "  VT-x: PAT,HLT,…,EPT,UG,VPID" or "  SVM: NP,…". */
export function fromBootMessages(text: string | null, within = ''): Finding {
  const line = text?.split('\n').findLast(each => /^ +(?:\(disabled in BIOS\) )?(?:VT-x|SVM): /.test(each))
  if (line === undefined) {
    return missing(`The processor told nothing about virtualisation (VT-x or AMD-V) at boot.${within}`)
  }
  if (line.includes('(disabled in BIOS)')) {
    return missing('Virtualisation is switched off in the machine’s firmware: switch it on there.')
  }
  const features = line.slice(line.indexOf(':') + 1).split(/[\s,]+/)
  if (line.trim().startsWith('VT-x') && !features.includes('UG')) {
    return warning(`The processor’s VT-x has no unrestricted guests: UEFI guests do not work.${within}`)
  }
  return ok(
    `The processor has ${line.trim().startsWith('VT-x') ? 'VT-x with unrestricted guests' : 'AMD-V'}.${within}`,
  )
}
