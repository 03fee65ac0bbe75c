import type { Vm } from './model.ts'

/** A guest for tests that do not ask the machine: what is not said is ordinary, and it is off. */
export function vmRow(name: string, more: Partial<Vm> = {}): Vm {
  return {
    name,
    datastore: 'default',
    directory: `/vm/${name}`,
    dataset: null,
    loader: 'uefi',
    cpus: 1,
    memoryBytes: 2 ** 30,
    vnc: null,
    graphics: true,
    autostart: null,
    state: 'stopped',
    stateReason: null,
    pid: null,
    startedAt: null,
    residentBytes: null,
    cpuPercent: null,
    disks: [],
    nics: [],
    comPorts: ['com1'],
    pending: [],
    lastExit: null,
    supervisor: null,
    problems: [],
    protection: { stop: false, destroy: false },
    ...more,
  }
}
