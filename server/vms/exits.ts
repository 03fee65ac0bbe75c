/** How a run of bhyve ended, in words: bhyve(8), "EXIT STATUS", and the lines it prints before it gives up. Pure. */
import type { VmExit } from './model.ts'

type Cause = { pattern: RegExp; words: (match: RegExpExecArray) => string; next: string | null }

/** Known lines of bhyve's standard error, most telling first. `1` is what the line names. */
const CAUSES: readonly Cause[] = [
  {
    pattern: /^(?:bhyve: )?Could not open backing file: (\S+?): (.+?)\.?$/m,
    words: match => `bhyve could not open the disk ${match[1]}: ${match[2]}`,
    next: 'Check that the disk is there, then start the guest again.',
  },
  {
    pattern: /^open of tap device (\S+) failed/m,
    words: match => `bhyve could not open the network interface ${match[1]}`,
    next: 'Check that if_tuntap is loaded and that nothing else uses this interface.',
  },
  {
    pattern: /^bind(?:\(([^)]*)\))?: Address already in use/m,
    words: match => `The port${match[1] ? ` ${match[1]}` : ' of the screen'} is already in use`,
    next: 'Give the guest another graphics_port, or leave it out to have one chosen.',
  },
  {
    pattern: /^Error opening bootrom(?: variable file)? "([^"]+)": (.+?)\.?$/m,
    words: match => `bhyve could not open the firmware ${match[1]}: ${match[2]}`,
    next: 'Install the package bhyve-firmware.',
  },
  {
    pattern: /^Unable to setup memory \((\d+)\)/m,
    words: match =>
      match[1] === '22'
        ? 'A dead run left memory of another size behind'
        : 'There was not enough memory for the guest',
    next: 'Clean up what is left over, or give the guest less memory.',
  },
  {
    pattern: /^vm_(?:create|openf): No such file or directory/m,
    words: () => 'The kernel module vmm is not loaded, or this CPU cannot run guests',
    next: 'Run kldload vmm.',
  },
  {
    pattern: /^vm_(?:create|openf): (?:Operation not permitted|Permission denied)/m,
    words: () => 'bhyve was not allowed to create the virtual machine',
    next: 'Skep has to run with the rights of root.',
  },
  {
    pattern: /^(?:virtual machine cannot be booted|no bootrom was configured)/m,
    words: () => 'No firmware was given',
    next: 'Set loader to uefi.',
  },
  {
    pattern: /^ROM boot failed: unrestricted guest capability not available/m,
    words: () => "This machine's CPU has no unrestricted guest support",
    next: null,
  },
  {
    pattern: /^(\d+) vCPUs requested but only (\d+) available/m,
    words: match => `The guest wants ${match[1]} CPUs; this machine allows ${match[2]}`,
    next: 'Give the guest fewer CPUs.',
  },
  {
    pattern: /^pci slot (\S+) already occupied!/m,
    words: match => `Two devices are on PCI slot ${match[1]}`,
    next: 'Check start_slot and bhyve_options.',
  },
  {
    pattern: /^passthru requires guest memory to be wired/m,
    words: () => 'A PCI device of the host needs wired memory',
    next: 'Set wired_memory to yes.',
  },
  { pattern: /^(Failed to emulate instruction .*)$/m, words: match => `${match[1]}`, next: null },
  {
    pattern: /^(Device emulation initialization error: .+)$/m,
    words: match => `A device could not be made (${match[1]})`,
    next: 'Read what bhyve said.',
  },
  {
    pattern: /^(?:bhyve: )?((?:Unable|Cannot|Could not|Failed|Error|[Ii]nvalid) .+)$/m,
    words: match => `bhyve said: ${match[1]}`,
    next: null,
  },
]

/** Whether a run that ended at once printed its usage or a list of devices instead of running the guest. */
function isUsage(output: string): boolean {
  return /^Usage: bhyve/m.test(output) || /^(virtio-blk|bootrom)$/m.test(output)
}

/** True for statuses with which a guest ends by itself: reset, powered off, halted. */
export function isOrderly(exit: Pick<VmExit, 'status'>): boolean {
  return exit.status !== null && exit.status >= 0 && exit.status <= 2
}

/**
 * Words for a run. `status` is a shell's: above 128 it is a signal. `output` is what bhyve printed, `ranSeconds` how long
 * it ran: a status 0 or 1 within a second with a usage text is a failure to start.
 */
export function explainExit(run: { status: number; output: string; at: number; ranSeconds: number }): VmExit {
  const signal = run.status > 128 ? signalName(run.status - 128) : null
  const status = signal === null ? run.status : null
  const make = (words: string, next: string | null): VmExit => ({
    status,
    signal,
    at: run.at,
    words: `${words}.`,
    next,
  })
  if (status !== null && status <= 1 && run.ranSeconds <= 1 && isUsage(run.output)) {
    return make('bhyve did not understand its command line and printed its usage', 'Check bhyve_options.')
  }
  const cause = causeOf(run.output)
  switch (status) {
    case 0:
      return make('The guest restarted', null)
    case 1:
      return make('The guest powered off', null)
    case 2:
      return make('The guest halted', null)
    case 3:
      return make('The guest crashed with a triple fault', 'Look at the last lines of its serial console.')
    case 126:
    case 127:
      return make(
        'bhyve is not installed on this machine or cannot be run',
        'Install the package FreeBSD-bhyve.',
      )
    case 64:
      return make(cause?.words ?? 'bhyve refused its command line', cause?.next ?? 'Check the configuration.')
    case 71:
      return make(cause?.words ?? 'The kernel refused something bhyve needs', cause?.next ?? null)
    case 4:
      return make(cause?.words ?? 'bhyve ended with an error', cause?.next ?? 'Read what bhyve said.')
  }
  if (signal === 'SIGTERM') {
    return make(
      'bhyve was ended before the guest could shut down: it had not taken over the power button yet',
      null,
    )
  }
  if (signal === 'SIGKILL') return make('bhyve was killed', null)
  if (signal === 'SIGABRT') {
    return make(
      `bhyve gave up on the guest${cause ? `: ${cause.words}` : ''}`,
      cause?.next ?? 'Look for a core dump.',
    )
  }
  if (signal !== null) return make(`bhyve crashed with ${signal}`, 'Look for a core dump.')
  return make(`bhyve ended with status ${run.status}${cause ? `: ${cause.words}` : ''}`, cause?.next ?? null)
}

function causeOf(output: string): { words: string; next: string | null } | null {
  for (const cause of CAUSES) {
    const match = cause.pattern.exec(output.replaceAll('\r', ''))
    if (match) return { words: cause.words(match), next: cause.next }
  }
  return null
}

const SIGNALS: Record<number, string> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  8: 'SIGFPE',
  9: 'SIGKILL',
  10: 'SIGBUS',
  11: 'SIGSEGV',
  12: 'SIGSYS',
  13: 'SIGPIPE',
  15: 'SIGTERM',
}

function signalName(number: number): string {
  return SIGNALS[number] ?? `signal ${number}`
}
