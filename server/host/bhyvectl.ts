/** bhyvectl(8): what can be done to a virtual machine of the kernel, /dev/vmm/NAME, from outside. */
import { AppError } from '../errors.ts'
import type { Recogniser } from './answer.ts'

export function destroyArgv(name: string): string[] {
  return ['bhyvectl', `--vm=${name}`, '--destroy']
}

/** bhyve then ends with status 1 as if the guest had powered itself off. */
export function forcePoweroffArgv(name: string): string[] {
  return ['bhyvectl', `--vm=${name}`, '--force-poweroff']
}

/** bhyve then ends with status 0, and its supervisor starts it again. */
export function forceResetArgv(name: string): string[] {
  return ['bhyvectl', `--vm=${name}`, '--force-reset']
}

/** A non-maskable interrupt to its first processor: a guest that hangs may enter its debugger, write a dump, or panic. */
export function injectNmiArgv(name: string): string[] {
  return ['bhyvectl', `--vm=${name}`, '--inject-nmi']
}

/** "vm_open: NAME could not be opened: No such file or directory": there is no such machine in the kernel. */
export function isGone(name: string): Recogniser {
  const text = `vm_open: ${name} could not be opened: No such file or directory`
  return stderr =>
    stderr.split('\n').some(line => line.trim() === text)
      ? new AppError('not_found', `The kernel has no virtual machine ${name} any more.`)
      : null
}
