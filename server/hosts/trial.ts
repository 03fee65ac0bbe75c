import { createHost, type Entry } from '../host/create.ts'
import { readMachineFacts } from '../host/machine.ts'
import { probeHost } from '../host/probe.ts'
import type { HostTrial } from './model.ts'

/** Looks at the host at an address through a door of its own, which is closed again. Changes nothing there. */
export async function tryHost(address: string, entry: Entry | null): Promise<HostTrial> {
  const host = await createHost({ id: 'trial', address, entry })
  try {
    const facts = await readMachineFacts(host)
    return { facts, capabilities: await probeHost(host) }
  } finally {
    await host.close()
  }
}
